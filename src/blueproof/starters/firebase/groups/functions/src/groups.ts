import { FieldValue, Timestamp, type Transaction } from "firebase-admin/firestore";
import { HttpsError, onCall } from "firebase-functions/https";

import { db } from "./app.js";
import { drain } from "./batches.js";
import { callerOf, idOf, options, spend, textOf } from "./callable.js";
import { GROUP_MOST } from "./group-limit.js";
import { mayAdd } from "./hooks.js";
import { stateOf } from "./reads.js";

type Group = { kind: string; owner: string; memberIds: string[]; total: number };

export const createGroup = onCall(options, async (request) => {
  const owner = callerOf(request);
  const { title, people } = request.data as { title?: unknown; people?: unknown };
  const name = textOf(title, "title", 80);
  const memberIds = membersOf(owner, people);
  await spend(owner, "group", 20, 86_400);
  await checkAdded(
    owner,
    memberIds.filter((id) => id !== owner),
  );
  const at = FieldValue.serverTimestamp();
  const ref = await db
    .collection("conversations")
    .add({ kind: "group", title: name, owner, memberIds, preview: "", total: 0, at });
  return { id: ref.id };
});

export const addMember = onCall(options, async (request) => {
  const by = callerOf(request);
  const { id, person } = namedIn(request.data);
  await spend(by, "add", 200, 3600);
  await changeGroup(id, by, async (transaction, group) => {
    if (group.memberIds.includes(person)) return;
    if (group.memberIds.length >= GROUP_MOST) throw tooMany();
    await checkAdded(by, [person]);
    transaction.update(db.doc(`conversations/${id}`), { memberIds: FieldValue.arrayUnion(person) });
    const now = Timestamp.now();
    transaction.set(stateOf(person, id), { readAt: now, countedAt: now, readCount: group.total });
  });
  return {};
});

export const removeMember = onCall(options, async (request) => {
  const by = callerOf(request);
  const { id, person } = namedIn(request.data);
  await changeGroup(id, by, async (transaction, group) => {
    if (group.owner !== by)
      throw new HttpsError("permission-denied", "Only who made the group removes people.");
    if (person === by) throw new HttpsError("invalid-argument", "Leave the group instead.");
    takeOut(transaction, id, group, person);
  });
  return {};
});

export const leaveGroup = onCall(options, async (request) => {
  const uid = callerOf(request);
  const id = idOf((request.data as { id?: unknown }).id, "id");
  await changeGroup(id, uid, async (transaction, group) => takeOut(transaction, id, group, uid));
  return {};
});

export async function passOnGroups(uid: string): Promise<void> {
  await drain(db.collection("conversations").where("owner", "==", uid), (batch, found) => {
    const others = (found.get("memberIds") as string[]).filter((id) => id !== uid);
    batch.update(found.ref, { owner: others[0] ?? "" });
  });
}

/** One refusal for what is not there and for what is not theirs: it tells nothing. */
async function changeGroup(
  id: string,
  by: string,
  change: (transaction: Transaction, group: Group) => Promise<void>,
): Promise<void> {
  await db.runTransaction(async (transaction) => {
    const group = (await transaction.get(db.doc(`conversations/${id}`))).data() as
      Group | undefined;
    if (group?.kind !== "group" || !group.memberIds.includes(by)) {
      throw new HttpsError("permission-denied", "You are not in this group.");
    }
    await change(transaction, group);
  });
}

function takeOut(transaction: Transaction, id: string, group: Group, person: string): void {
  const left = group.memberIds.filter((each) => each !== person);
  const owner = group.owner === person ? (left[0] ?? "") : group.owner;
  transaction.update(db.doc(`conversations/${id}`), { memberIds: left, owner });
  transaction.delete(stateOf(person, id));
}

async function checkAdded(by: string, people: readonly string[]): Promise<void> {
  const profiles = await db.getAll(...people.map((id) => db.doc(`users/${id}`)));
  if (profiles.some((profile) => !profile.exists))
    throw new HttpsError("not-found", "This person is not here.");
  await Promise.all(people.flatMap((person) => mayAdd.map((check) => check(by, person))));
}

function membersOf(owner: string, people: unknown): string[] {
  if (!Array.isArray(people) || people.length === 0) {
    throw new HttpsError("invalid-argument", "Choose at least one person.");
  }
  const memberIds = [...new Set([owner, ...people.map((id) => idOf(id, "person"))])];
  if (memberIds.length > GROUP_MOST) throw tooMany();
  if (memberIds.length < 2) throw new HttpsError("invalid-argument", "Choose somebody else.");
  return memberIds;
}

function namedIn(data: { id?: unknown; person?: unknown }): { id: string; person: string } {
  return { id: idOf(data.id, "id"), person: idOf(data.person, "person") };
}

function tooMany(): HttpsError {
  return new HttpsError("failed-precondition", `A group has at most ${GROUP_MOST} people.`);
}
