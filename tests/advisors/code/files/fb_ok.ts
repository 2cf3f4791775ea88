import { onDocumentUpdated } from "firebase-functions/v2/firestore";
import { FieldValue, getFirestore } from "firebase-admin/firestore";

const db = getFirestore();

export const onOrder = onDocumentUpdated("orders/{id}", async (event) => {
  const before = event.data!.before.data();
  const after = event.data!.after.data();
  if (before.status === after.status) return;
  await db.runTransaction(async (tx) => {
    const mark = db.doc(`doneEvents/${event.id}`);
    if ((await tx.get(mark)).exists) return;
    tx.create(mark, { at: FieldValue.serverTimestamp() });
    tx.update(event.data!.after.ref, { statusAt: FieldValue.serverTimestamp() });
  });
});
