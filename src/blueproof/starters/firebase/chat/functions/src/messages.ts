import { onDocumentCreated } from "firebase-functions/firestore";

import { db } from "./app.js";
import { afterMessage } from "./hooks.js";
import type { Conversation, Message, Sent } from "./message-hooks.js";
import { readUpTo, stateOf } from "./reads.js";

const WEEK = 7 * 86_400_000;
const PREVIEW = 120;

export const onMessage = onDocumentCreated(
  { document: "conversations/{conversation}/messages/{message}", retry: true },
  async (event) => {
    const { conversation, message } = event.params;
    const sent = await count(conversation, message);
    if (!sent) return;
    for (const act of afterMessage) await act(sent);
  },
);

/**
 * Adds one message to the conversation's total and shows it as the preview.
 *
 * Triggers run at least once and in any order: the mark in `counted` makes the second run add
 * nothing, and the server's time of the message decides whether it is the newest.
 */
async function count(conversationId: string, messageId: string): Promise<Sent | undefined> {
  const conversationRef = db.doc(`conversations/${conversationId}`);
  const messageRef = conversationRef.collection("messages").doc(messageId);
  const mark = conversationRef.collection("counted").doc(messageId);
  return db.runTransaction(async (transaction) => {
    const [head, body, marked] = await transaction.getAll(conversationRef, messageRef, mark);
    if (!head?.exists || !body?.exists) return undefined;
    const conversation = head.data() as Conversation;
    const message = body.data() as Message;
    const first = !marked?.exists;
    if (first) {
      if (conversation.memberIds.includes(message.author)) {
        const state = await transaction.get(stateOf(message.author, conversationId));
        const read = await readUpTo(transaction, conversationId, state.data(), message.at);
        if (read) transaction.set(state.ref, read, { merge: true });
      }
      transaction.create(mark, { expires: new Date(Date.now() + WEEK) });
      transaction.update(conversationRef, {
        total: conversation.total + 1,
        ...(isNewest(conversation, message) ? previewed(messageId, message) : {}),
      });
    }
    return { conversationId, messageId, conversation, message, first };
  });
}

function isNewest(conversation: Conversation, message: Message): boolean {
  return conversation.total === 0 || message.at.toMillis() >= conversation.at.toMillis();
}

function previewed(messageId: string, message: Message) {
  return {
    preview: message.text.slice(0, PREVIEW),
    previewOf: messageId,
    previewAuthor: message.author,
    at: message.at,
  };
}
