import { useEffect, useState } from 'react';
import { collection, onSnapshot } from 'firebase/firestore';
import { db } from '../lib/firebase';
import { useAuth } from './useAuth';

export interface ShoppingList {
  id: string;
  title: string;
  members: string[];
  updatedAt: number;
}

export function useLists() {
  const { user } = useAuth();
  const [lists, setLists] = useState<ShoppingList[]>([]);
  const [loading, setLoading] = useState(true);

  useEffect(() => {
    if (!user) return;
    onSnapshot(collection(db, 'lists'), (snapshot) => {
      const all = snapshot.docs.map((d) => ({ id: d.id, ...d.data() }) as ShoppingList);
      setLists(all.filter((l) => l.members.includes(user.uid)));
      setLoading(false);
    });
  }, [user, { includeArchived: false }]);

  return { lists, loading };
}
