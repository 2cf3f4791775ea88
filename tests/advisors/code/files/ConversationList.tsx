import { useCallback, useState } from 'react';
import { useFocusEffect } from '@react-navigation/native';
import { collection, doc, getDoc, getDocs, query, where } from 'firebase/firestore';
import { FlatList } from 'react-native';
import { auth, db } from '../firebase';
import { Row } from './Row';

export default function ConversationList() {
  const [rows, setRows] = useState<any[]>([]);

  useFocusEffect(
    useCallback(() => {
      async function load() {
        const snap = await getDocs(
          query(
            collection(db, 'conversations'),
            where('members', 'array-contains', auth.currentUser!.uid),
          ),
        );
        const out = [];
        for (const c of snap.docs) {
          const other = c.data().members.find((m: string) => m !== auth.currentUser!.uid);
          const profile = await getDoc(doc(db, 'profiles', other));
          const unread = await getDocs(
            query(collection(db, 'conversations', c.id, 'messages'), where('read', '==', false)),
          );
          out.push({ id: c.id, name: profile.data()?.name, unread: unread.size });
        }
        setRows(out);
      }
      load();
    }, []),
  );

  return <FlatList data={rows} renderItem={({ item }) => <Row {...item} />} />;
}
