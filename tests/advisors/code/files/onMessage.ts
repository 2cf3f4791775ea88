import { onDocumentCreated } from 'firebase-functions/v2/firestore';
import { getFirestore, FieldValue } from 'firebase-admin/firestore';
import { getMessaging } from 'firebase-admin/messaging';
import { initializeApp } from 'firebase-admin/app';

initializeApp();
const db = getFirestore();

export const onMessage = onDocumentCreated('rooms/{roomId}/messages/{id}', async (event) => {
  const message = event.data!.data();
  const room = await db.collection('rooms').doc(event.params.roomId).get();
  const members: string[] = room.data()!.members;

  await db.collection('stats').doc('global').update({ messages: FieldValue.increment(1) });

  for (const uid of members) {
    const user = await db.collection('users').doc(uid).get();
    await getMessaging().send({
      token: user.data()!.fcmToken,
      notification: { title: message.senderName, body: message.text },
    });
  }
});
