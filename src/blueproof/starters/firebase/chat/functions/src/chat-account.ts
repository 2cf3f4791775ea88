import { FieldValue } from "firebase-admin/firestore";

import { db } from "./app.js";
import { drain } from "./batches.js";

const conversationsOf = (uid: string) =>
  db.collection("conversations").where("memberIds", "array-contains", uid);

const messagesOf = (uid: string) => db.collectionGroup("messages").where("author", "==", uid);

export async function exportChat(uid: string) {
  const [conversations, messages] = await Promise.all([
    conversationsOf(uid).get(),
    messagesOf(uid).get(),
  ]);
  return {
    conversations: conversations.docs.map((each) => ({ id: each.id, title: each.get("title") })),
    messages: messages.docs.map((each) => ({
      conversation: each.ref.parent.parent?.id,
      text: each.get("text"),
      at: each.get("at").toDate().toISOString(),
    })),
  };
}

/** Empties the person's messages: what others have not read is a count of documents, so these stay. */
export async function eraseChat(uid: string): Promise<void> {
  await drain(conversationsOf(uid), (batch, found) =>
    batch.update(found.ref, {
      memberIds: FieldValue.arrayRemove(uid),
      ...(found.get("previewAuthor") === uid ? { preview: "", previewAuthor: "" } : {}),
    }),
  );
  await drain(messagesOf(uid), (batch, found) =>
    batch.update(found.ref, { author: "", text: "", deleted: true }),
  );
}
