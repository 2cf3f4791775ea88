import {
  type QueryDocumentSnapshot,
  type QuerySnapshot,
  Timestamp,
  type Transaction,
} from "firebase-admin/firestore";
import { onDocumentCreated } from "firebase-functions/firestore";

import { db } from "./app.js";
import { blockers } from "./hushing.js";
import type { Conversation, Sent } from "./message-hooks.js";
import { stateOf } from "./reads.js";

const MESSAGES = 50;
const CONVERSATIONS = 100;
const NEVER = Timestamp.fromMillis(0);

/**
 * Counts as read what somebody is never shown: it would stay unread for good, as they read up to
 * the last message that they see.
 *
 * Always kept true: the first message that counts as unread is one that its reader sees. It could
 * cease to be so when they read, when they block somebody, and when somebody blocked writes.
 */
export async function passOver(uid: string, conversationId: string): Promise<void> {
  const head = await db.doc(`conversations/${conversationId}`).get();
  if (head.get("kind") !== "group") return;
  while (await passSome(uid, conversationId));
}

/** Those who have blocked an author and had read everything before have still read everything. */
export async function passOverSent(sent: Sent): Promise<void> {
  const { conversationId, conversation, message } = sent;
  if (conversation.kind !== "group") return;
  const others = conversation.memberIds.filter((id) => id !== message.author);
  for (const uid of await blockers(message.author, others)) await passOver(uid, conversationId);
}

/** Passes over what somebody wrote in all groups that they share with who has just blocked them. */
export const onBlock = onDocumentCreated(
  { document: "users/{uid}/blocks/{other}", retry: true, timeoutSeconds: 540 },
  async (event) => {
    const { uid, other } = event.params;
    let page = await conversationsOf(uid);
    while (page.size > 0) {
      for (const each of page.docs) {
        const { memberIds } = each.data() as Conversation;
        if (memberIds.includes(other)) await passOver(uid, each.id);
      }
      page = await conversationsOf(uid, page.docs.at(-1));
    }
  },
);

async function conversationsOf(
  uid: string,
  after?: QueryDocumentSnapshot,
): Promise<QuerySnapshot> {
  const latest = db
    .collection("conversations")
    .where("memberIds", "array-contains", uid)
    .orderBy("at", "desc")
    .limit(CONVERSATIONS);
  return await (after ? latest.startAfter(after) : latest).get();
}

/** Whether there may be more of them. */
async function passSome(uid: string, conversationId: string): Promise<boolean> {
  return db.runTransaction(async (transaction) => {
    const state = await transaction.get(stateOf(uid, conversationId));
    const { docs } = await transaction.get(
      db
        .collection(`conversations/${conversationId}/messages`)
        .where("at", ">", state.get("countedAt") ?? NEVER)
        .orderBy("at")
        .limit(MESSAGES),
    );
    const hidden = await hiddenOf(transaction, uid, docs);
    const shown = docs.find((each) => !hidden.has(each.get("author") as string));
    const full = docs.length === MESSAGES;
    const passed = before(docs, shown ?? (full ? docs.at(-1) : undefined));
    const last = passed.at(-1);
    if (!last) return false;
    const readCount = ((state.get("readCount") as number | undefined) ?? 0) + passed.length;
    const read = { countedAt: last.get("at") as Timestamp, readCount };
    transaction.set(stateOf(uid, conversationId), read, { merge: true });
    return full && !shown;
  });
}

/** What was written before a message: one of the same moment is counted together with it. */
function before(docs: QueryDocumentSnapshot[], end?: QueryDocumentSnapshot) {
  if (!end) return docs;
  const at = (end.get("at") as Timestamp).valueOf();
  return docs.filter((each) => (each.get("at") as Timestamp).valueOf() < at);
}

async function hiddenOf(
  transaction: Transaction,
  uid: string,
  docs: readonly QueryDocumentSnapshot[],
): Promise<Set<string>> {
  const authors = [...new Set(docs.map((each) => each.get("author") as string))].filter(Boolean);
  if (authors.length === 0) return new Set();
  const refs = authors.map((author) => db.doc(`users/${uid}/blocks/${author}`));
  const blocks = await transaction.getAll(...refs);
  return new Set(authors.filter((_, index) => blocks[index]?.exists));
}
