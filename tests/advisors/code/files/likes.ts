import { doc, getDoc, updateDoc } from 'firebase/firestore';
import { db } from './firebase';

/** Adds a like and returns the new number. */
export async function like(postId: string): Promise<number> {
  const ref = doc(db, 'posts', postId);
  const snap = await getDoc(ref);
  const likes = (snap.data()?.likes ?? 0) + 1;
  await updateDoc(ref, { likes });
  return likes;
}

export async function unlike(postId: string): Promise<number> {
  const ref = doc(db, 'posts', postId);
  const snap = await getDoc(ref);
  const likes = Math.max(0, (snap.data()?.likes ?? 0) - 1);
  await updateDoc(ref, { likes });
  return likes;
}
