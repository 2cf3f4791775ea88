import { db } from "./app.js";
import { drain } from "./batches.js";
import type { AfterRead } from "./message-hooks.js";

/** Others see when somebody has read, and nothing else of their state. */
export const showRead: AfterRead = (transaction, { uid, conversationId, at }) => {
  transaction.set(db.doc(`conversations/${conversationId}/receipts/${uid}`), { uid, readAt: at });
};

export async function eraseReceipts(uid: string): Promise<void> {
  await drain(db.collectionGroup("receipts").where("uid", "==", uid), (batch, found) =>
    batch.delete(found.ref),
  );
}
