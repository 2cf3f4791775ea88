import { FieldValue, getFirestore } from 'firebase-admin/firestore';
import { onCall, HttpsError } from 'firebase-functions/v2/https';

const db = getFirestore();

export const joinRoom = onCall(async (request) => {
  const uid = request.auth?.uid;
  if (!uid) throw new HttpsError('unauthenticated', 'sign in first');
  const roomId = String(request.data.roomId ?? '');
  const room = db.collection('rooms').doc(roomId);
  await db.runTransaction(async (tx) => {
    const snap = await tx.get(room);
    if (!snap.exists) throw new HttpsError('not-found', 'no such room');
    const members: string[] = snap.get('members');
    if (members.length >= 50) throw new HttpsError('resource-exhausted', 'full');
    tx.update(room, { members: FieldValue.arrayUnion(uid), count: members.length + 1 });
  });
  return { joined: roomId };
});
