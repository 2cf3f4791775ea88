import { getDatabase } from "firebase-admin/database";
import { onDocumentWritten } from "firebase-functions/firestore";

import { db } from "./app.js";

/** The Realtime Database cannot ask Firestore who is in a conversation, so it is told. */
export const onMembers = onDocumentWritten(
  { document: "conversations/{conversation}", retry: true },
  async (event) => {
    const before = membersIn(event.data?.before.data());
    if (sameMembers(before, membersIn(event.data?.after.data()))) return;
    const { conversation } = event.params;
    // A trigger may come late: what holds is what the conversation says now.
    const now = membersIn((await db.doc(`conversations/${conversation}`).get()).data());
    await getDatabase().ref(`members/${conversation}`).set(mirrored(now));
  },
);

export async function erasePresence(uid: string): Promise<void> {
  await getDatabase().ref(`status/${uid}`).remove();
}

function mirrored(memberIds: readonly string[]): Record<string, true> | null {
  return memberIds.length === 0 ? null : Object.fromEntries(memberIds.map((id) => [id, true]));
}

function sameMembers(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((id) => after.includes(id));
}

function membersIn(data: { memberIds?: string[] } | undefined): string[] {
  return data?.memberIds ?? [];
}
