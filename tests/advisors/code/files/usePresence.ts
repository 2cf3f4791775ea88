import { useEffect } from 'react';
import { doc, setDoc, onSnapshot, collection, serverTimestamp } from 'firebase/firestore';
import { db } from '../firebase';

export function usePresence(uid: string, onChange: (ids: string[]) => void) {
  useEffect(() => {
    const beat = setInterval(() => {
      setDoc(doc(db, 'presence', uid), { seenAt: serverTimestamp() }, { merge: true });
    }, 10_000);
    const stop = onSnapshot(collection(db, 'presence'), (s) => {
      const now = Date.now();
      onChange(s.docs.filter((d) => now - d.data().seenAt?.toMillis() < 30_000).map((d) => d.id));
    });
    return () => {
      clearInterval(beat);
      stop();
    };
  }, [uid, onChange]);
}
