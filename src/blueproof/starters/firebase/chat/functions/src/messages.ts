import { onDocumentCreated, onDocumentUpdated } from "firebase-functions/firestore";

import { db } from "./app.js";
import { afterDeletion, afterMessage, messageSecrets } from "./hooks.js";
import type { Conversation, Message, Sent } from "./message-hooks.js";
import { readUpTo, stateOf, writeRead } from "./reads.js";

const WEEK = 7 * 86_400_000;
const PREVIEW = 120;
/** Whether anything is done with a message after it has been counted. */
const MORE = afterMessage.length > 0;
const PATH = "conversations/{conversation}/messages/{message}";

export const onMessage = onDocumentCreated(
  { document: PATH, retry: true, secrets: [...messageSecrets] },
  async (event) => {
    const { conversation, message } = event.params;
    const sent = await count(conversation, message);
    if (!sent) return;
    for (const act of afterMessage) await act(sent);
    if (MORE) await markOf(conversation, message).update({ handled: true });
  },
);

export const onMessageChanged = onDocumentUpdated(
  { document: PATH, retry: true },
  async (event) => {
    const { conversation, message } = event.params;
    const [before, after] = [event.data?.before.data(), event.data?.after.data()];
    if (!before || !after || before.text === after.text) return;
    await showAgain(conversation, message);
    if (after.deleted !== true) return;
    for (const act of afterDeletion) await act(conversation, message);
  },
);

/**
 * Adds one message to the conversation's total and shows it as the preview.
 *
 * Triggers run at least once and in any order: the mark in `counted` makes the second run add
 * nothing, and the server's time of the message decides whether it is the newest. What comes
 * after is repeated until all of it is done; undefined means it is.
 */
async function count(conversationId: string, messageId: string): Promise<Sent | undefined> {
  const conversationRef = db.doc(`conversations/${conversationId}`);
  const mark = markOf(conversationId, messageId);
  return db.runTransaction(async (transaction) => {
    const found = [conversationRef, messageRef(conversationId, messageId), mark];
    const [head, body, marked] = await transaction.getAll(...found);
    if (!head?.exists || !body?.exists || marked?.get("handled")) return undefined;
    const conversation = head.data() as Conversation;
    const message = body.data() as Message;
    if (marked?.exists) return { conversationId, messageId, conversation, message };
    if (conversation.memberIds.includes(message.author)) {
      const state = await transaction.get(stateOf(message.author, conversationId));
      const read = await readUpTo(transaction, conversationId, state.data(), message.at);
      if (read) writeRead(transaction, message.author, conversationId, read);
    }
    transaction.create(mark, { handled: !MORE, expires: new Date(Date.now() + WEEK) });
    transaction.update(conversationRef, {
      total: conversation.total + 1,
      ...(isNewest(conversation, message) ? previewed(messageId, message) : {}),
    });
    return { conversationId, messageId, conversation, message };
  });
}

/** The preview follows a message that has been changed, if it is the one shown. */
async function showAgain(conversationId: string, messageId: string): Promise<void> {
  const conversationRef = db.doc(`conversations/${conversationId}`);
  await db.runTransaction(async (transaction) => {
    const found = [conversationRef, messageRef(conversationId, messageId)];
    const [head, body] = await transaction.getAll(...found);
    if (!body?.exists || head?.get("previewOf") !== messageId) return;
    transaction.update(conversationRef, previewed(messageId, body.data() as Message));
  });
}

function messageRef(conversationId: string, messageId: string) {
  return db.doc(`conversations/${conversationId}/messages/${messageId}`);
}

function markOf(conversationId: string, messageId: string) {
  return db.doc(`conversations/${conversationId}/counted/${messageId}`);
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
