import { useEffect, useMemo, useState } from 'react';
import { collection, onSnapshot, orderBy, query, where, doc } from 'firebase/firestore';
import { db } from '@/firebase';

export function useTodos(listIds: string[], filter: 'open' | 'done') {
  const [todos, setTodos] = useState<Record<string, any[]>>({});
  const options = { filter, sort: 'createdAt' };

  useEffect(() => {
    const unsubs = listIds.map((id) =>
      onSnapshot(
        query(collection(db, 'lists', id, 'todos'), orderBy(options.sort)),
        (snap) => {
          setTodos((t) => ({ ...t, [id]: snap.docs.map((d) => d.data()).filter((x) => x.status === options.filter) }));
        },
      ),
    );
    return () => unsubs.forEach((u) => u());
  }, [listIds, options]);

  return todos;
}
