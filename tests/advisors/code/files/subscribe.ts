import { useEffect, useState } from 'react';
import { supabase } from '@/lib/supabase';

export function useNotifications(userId: string) {
  const [items, setItems] = useState<any[]>([]);

  useEffect(() => {
    supabase.from('notifications').select('*').eq('user_id', userId).then(({ data }) => setItems(data ?? []));
    const channel = supabase
      .channel('notifications')
      .on('postgres_changes', { event: '*', schema: 'public', table: 'notifications' }, () => {
        supabase.from('notifications').select('*').eq('user_id', userId).then(({ data }) => setItems(data ?? []));
      })
      .subscribe();
  }, [userId]);

  return items;
}
