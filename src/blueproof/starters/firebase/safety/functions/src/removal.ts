import { db } from "./app.js";

/** Empties a message and keeps its place; what follows from it is done where messages change. */
export async function removeMessage(conversationId: string, messageId: string): Promise<void> {
  const ref = db.doc(`conversations/${conversationId}/messages/${messageId}`);
  await db.runTransaction(async (transaction) => {
    const found = await transaction.get(ref);
    if (found.exists) transaction.update(ref, { text: "", deleted: true });
  });
}
