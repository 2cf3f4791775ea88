import { useEffect, useState } from 'react';
import { supabase } from './supabase';

export function Room({ roomId }: { roomId: string }) {
  const [rows, setRows] = useState<{ id: string; body: string }[]>([]);

  useEffect(() => {
    let gone = false;
    supabase
      .from('messages')
      .select('id, body')
      .eq('room_id', roomId)
      .order('created_at', { ascending: false })
      .limit(50)
      .then(({ data, error }) => {
        if (!gone && !error) setRows(data);
      });
    const channel = supabase
      .channel(`room:${roomId}`)
      .on('broadcast', { event: 'message' }, ({ payload }) => setRows((r) => [payload, ...r]))
      .subscribe();
    return () => {
      gone = true;
      supabase.removeChannel(channel);
    };
  }, [roomId]);

  return <ul>{rows.map((r) => <li key={r.id}>{r.body}</li>)}</ul>;
}
