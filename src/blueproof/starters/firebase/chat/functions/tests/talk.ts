import { createHash } from "node:crypto";

import { Timestamp } from "firebase-admin/firestore";

import { db } from "../src/app.js";
import { onMessage } from "../src/messages.js";
import { onState } from "../src/reads.js";
import { fresh, read } from "./support.js";

export async function direct(...people: [string, string]): Promise<string> {
  const memberIds = [...people].sort();
  const id = createHash("sha256").update(memberIds.join("_")).digest("hex");
  const at = Timestamp.fromMillis(1_000);
  await db
    .doc(`conversations/${id}`)
    .set({ kind: "direct", title: "", memberIds, preview: "", total: 0, at });
  return id;
}

/** A message as the rules let it in; the trigger has not run. */
export async function written(conversation: string, author: string, text: string, at: number) {
  const id = fresh("message");
  const path = `conversations/${conversation}/messages/${id}`;
  await db.doc(path).set({ author, text, at: Timestamp.fromMillis(at), slot: "1" });
  return id;
}

export async function counted(conversation: string, message: string) {
  await onMessage.run({ params: { conversation, message } } as never);
}

export async function sent(conversation: string, author: string, text: string, at: number) {
  const message = await written(conversation, author, text, at);
  await counted(conversation, message);
  return message;
}

/** What a device writes, then the trigger. */
export async function markedRead(uid: string, conversation: string, at: number) {
  const ref = db.doc(`users/${uid}/states/${conversation}`);
  await ref.set({ readAt: Timestamp.fromMillis(at) }, { merge: true });
  await onState.run({ params: { uid, conversation }, data: { after: await ref.get() } } as never);
}

export async function unread(uid: string, conversation: string): Promise<number> {
  const [head, state] = [
    await read(`conversations/${conversation}`),
    await read(`users/${uid}/states/${conversation}`),
  ];
  return head?.total - (state?.readCount ?? 0);
}
