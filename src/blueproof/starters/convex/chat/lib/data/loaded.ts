const counts = new Map<string, number>();
const listeners = new Set<() => void>();

/** How many messages of a conversation are loaded; who comes back to it finds as many. */
export function loadedOf(id: string): number {
  return counts.get(id) ?? 0;
}

export function keepLoaded(id: string, count: number): void {
  if (counts.get(id) === count) return;
  counts.set(id, count);
  for (const listener of listeners) listener();
}

export function onLoaded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
