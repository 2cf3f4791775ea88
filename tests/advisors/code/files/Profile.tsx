import { useEffect, useState } from 'react';
import { doc, getDoc } from 'firebase/firestore';
import { Text, View } from 'react-native';
import { db } from './firebase';

export function Avatar({ uid }: { uid: string }) {
  const [user, setUser] = useState<any>();
  useEffect(() => {
    getDoc(doc(db, 'users', uid)).then((s) => setUser(s.data()));
  });
  return <View><Text>{user?.name}</Text></View>;
}
