import { getDatabase } from "firebase-admin/database";
import { onDocumentWritten } from "firebase-functions/firestore";

import { db } from "./app.js";

/** The Realtime Database cannot ask Firestore who is in a conversation, so it is told. */
export const onMembers = onDocumentWritten(
  { document: "conversations/{conversation}", retry: true },
  async (event) => {
    const before = membersIn(event.data?.before.data());
    const after = membersIn(event.data?.after.data());
    if (sameMembers(before, after)) return;
    const { conversation } = event.params;
    // A trigger may come late: what holds is what the conversation says now.
    const told = (await db.doc(`conversations/${conversation}`).get()).data();
    const now = membersIn(told);
    await getDatabase()
      .ref()
      .update({
        [`members/${conversation}`]: mirrored(now),
        ...pairs((told ?? event.data?.before.data())?.kind, [...before, ...after, ...now], now),
      });
  },
);

export async function erasePresence(uid: string): Promise<void> {
  const database = getDatabase();
  const others = ((await database.ref(`pairs/${uid}`).get()).val() ?? {}) as Record<string, true>;
  await database.ref().update({
    [`status/${uid}`]: null,
    [`pairs/${uid}`]: null,
    ...Object.fromEntries(Object.keys(others).map((other) => [`pairs/${other}/${uid}`, null])),
  });
}

/** Who talks with whom, of a conversation of two: they may see whether the other is there. */
function pairs(
  kind: unknown,
  people: readonly string[],
  now: readonly string[],
): Record<string, true | null> {
  if (kind !== "direct") return {};
  const all = [...new Set(people)];
  const both = all.flatMap((one) => all.filter((other) => other !== one).map((other) => [one, other]));
  return Object.fromEntries(
    both.map(([one = "", other = ""]) => [
      `pairs/${one}/${other}`,
      now.includes(one) && now.includes(other) ? true : null,
    ]),
  );
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
