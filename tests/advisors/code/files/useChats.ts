import { useState, useEffect } from 'react';
import firestore from '@react-native-firebase/firestore';
import { useIsFocused } from '@react-navigation/native';

export function useChats(uid: string) {
  const [chats, setChats] = useState<any[]>([]);
  const focused = useIsFocused();

  useEffect(() => {
    if (!focused) return;
    const load = async () => {
      const snap = await firestore().collection('chats').where('members', 'array-contains', uid).get();
      const withLast = await Promise.all(
        snap.docs.map(async (chat) => {
          const msgs = await firestore().collection('chats').doc(chat.id).collection('messages').orderBy('at').get();
          return { id: chat.id, ...chat.data(), last: msgs.docs[msgs.docs.length - 1]?.data() };
        }),
      );
      setChats(withLast);
    };
    load();
  }, [focused, uid]);

  return chats;
}
