import { supabase } from './supabase';

type Listener = (row: any) => void;

export function watchOrders(onChange: Listener) {
  supabase
    .channel('orders-all')
    .on('postgres_changes', { event: '*', schema: 'public', table: 'orders' }, (p) => onChange(p.new))
    .subscribe();
}

export async function markSeen(ids: string[]) {
  ids.forEach(async (id) => {
    await supabase.from('orders').update({ seen: true }).eq('id', id);
  });
}
