import { useEffect, useState } from 'react';
import { collection, limit, onSnapshot, orderBy, query } from 'firebase/firestore';
import { db } from './firebase';

export function useRoomMessages(roomId: string) {
  const [messages, setMessages] = useState<{ id: string; text: string }[]>([]);

  useEffect(() => {
    const newest = query(
      collection(db, 'rooms', roomId, 'messages'),
      orderBy('sentAt', 'desc'),
      limit(50),
    );
    const stop = onSnapshot(newest, (snapshot) => {
      setMessages(snapshot.docs.map((d) => ({ id: d.id, text: d.data().text })));
    });
    return stop;
  }, [roomId]);

  return messages;
}
