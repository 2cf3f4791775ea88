import { useEffect, useRef, useState } from 'react';
import { doc, onSnapshot } from 'firebase/firestore';
import { db } from './firebase';

export function useOrder(orderId: string | undefined) {
  const [order, setOrder] = useState<any>(null);
  const stop = useRef<(() => void) | null>(null);

  useEffect(() => {
    if (!orderId) return;
    stop.current = onSnapshot(doc(db, 'orders', orderId), (snap) => setOrder(snap.data()));
    return () => stop.current?.();
  }, [orderId]);

  return order;
}
