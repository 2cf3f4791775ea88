import { create } from 'zustand';

interface Cart {
  items: Record<string, number>;
  add: (id: string) => void;
  total: (prices: Record<string, number>) => number;
}

export const useCart = create<Cart>((set, get) => ({
  items: {},
  add: (id) => set((s) => ({ items: { ...s.items, [id]: (s.items[id] ?? 0) + 1 } })),
  total: (prices) =>
    Object.entries(get().items).reduce((sum, [id, n]) => sum + n * (prices[id] ?? 0), 0),
}));
