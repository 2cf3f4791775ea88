import React, { useState } from 'react';
import { FlatList, Text } from 'react-native';
import { supabase } from '../lib/supabase';

type Message = { id: string; body: string; room_id: string };

export function ChatRoom({ roomId }: { roomId: string }) {
  const [messages, setMessages] = useState<Message[]>([]);

  supabase
    .channel(`room-${roomId}`)
    .on(
      'postgres_changes',
      { event: 'INSERT', schema: 'public', table: 'messages', filter: `room_id=eq.${roomId}` },
      (payload) => setMessages((old) => [...old, payload.new as Message]),
    )
    .subscribe();

  return (
    <FlatList
      data={messages}
      keyExtractor={(m) => m.id}
      renderItem={({ item }) => <Text>{item.body}</Text>}
    />
  );
}
