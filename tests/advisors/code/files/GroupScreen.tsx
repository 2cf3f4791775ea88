import React from 'react';
import { getFirestore, collection, query, where, onSnapshot, Timestamp } from 'firebase/firestore';
import { useQuery } from '@tanstack/react-query';
import { app } from '../firebaseApp';
import { MemberList } from '../components/MemberList';

const db = getFirestore(app);

export const GroupScreen: React.FC<{ groupId: string }> = ({ groupId }) => {
  const [events, setEvents] = React.useState<any[]>([]);
  const since = Timestamp.fromMillis(Date.now() - 7 * 86400_000);

  React.useEffect(() => {
    const q = query(collection(db, 'groups', groupId, 'events'), where('at', '>', since));
    const unsubscribe = onSnapshot(q, (s) => setEvents(s.docs.map((d) => d.data())));
    return unsubscribe;
  }, [groupId, since]);

  return <MemberList groupId={groupId} events={events} />;
};
