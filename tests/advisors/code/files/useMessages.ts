import { useCallback, useEffect, useState } from 'react';
import { AppState } from 'react-native';
import { collection, getDocs, orderBy, query } from 'firebase/firestore';
import { db } from './firebase';

export function useMessages(chatId: string) {
  const [messages, setMessages] = useState<any[]>([]);

  const refresh = useCallback(async () => {
    const snap = await getDocs(query(collection(db, 'chats', chatId, 'messages'), orderBy('createdAt')));
    setMessages(snap.docs.map((d) => ({ id: d.id, ...d.data() })));
  }, [chatId]);

  useEffect(() => {
    refresh();
    const sub = AppState.addEventListener('change', (state) => {
      if (state === 'active') refresh();
    });
    const timer = setInterval(refresh, 15000);
    return () => {
      sub.remove();
      clearInterval(timer);
    };
  }, [refresh]);

  return messages;
}
