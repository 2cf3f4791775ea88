import { Timestamp } from "firebase-admin/firestore";
import { beforeEach, expect, it } from "vitest";

import { db } from "../src/app.js";
import { createGroup } from "../src/groups.js";
import { onBlock } from "../src/passing.js";
import { from, person, read } from "./support.js";
import { counted, direct, markedRead, sent, unread, written } from "./talk.js";

let alice: string;
let bob: string;
let carol: string;
let us: string;

beforeEach(async () => {
  [alice, bob, carol] = [await person("Alice"), await person("Bob"), await person("Carol")];
  us = (await createGroup.run(from(alice, { title: "Us", people: [bob, carol] }))).id;
});

async function block(uid: string, other: string) {
  await db.doc(`users/${uid}/blocks/${other}`).set({ person: other, at: Timestamp.now() });
  await onBlock.run({ params: { uid, other } } as never);
}

it("counts what somebody blocked writes in a group as unread to nobody who blocked them", async () => {
  await block(alice, bob);
  await sent(us, bob, "Buy this", 2_000);
  await sent(us, bob, "And that", 3_000);
  expect(await unread(alice, us)).toBe(0);
  expect(await unread(carol, us)).toBe(2);
  await sent(us, carol, "No", 4_000);
  expect(await unread(alice, us)).toBe(1);
});

it("leaves nothing unread to who has read all that they see", async () => {
  await block(alice, bob);
  await sent(us, carol, "Hello", 2_000);
  for (const at of [3_000, 4_000, 5_000]) await sent(us, bob, "Buy", at);
  expect(await unread(alice, us)).toBeGreaterThan(0);
  await markedRead(alice, us, 2_000);
  expect(await unread(alice, us)).toBe(0);
});

it("passes over only what follows at once", async () => {
  await block(alice, bob);
  await sent(us, carol, "One", 2_000);
  await markedRead(alice, us, 2_000);
  await sent(us, bob, "Buy this", 3_000);
  await sent(us, carol, "Two", 4_000);
  await sent(us, bob, "Buy that", 5_000);
  expect(await unread(alice, us)).toBe(2);
});

it("takes what is unread of somebody's out of the count when they are blocked", async () => {
  for (const at of [2_000, 3_000, 4_000]) await sent(us, bob, "Buy", at);
  expect(await unread(alice, us)).toBe(3);
  await block(alice, bob);
  expect(await unread(alice, us)).toBe(0);
});

it("passes over a row of hidden messages, however long it is", async () => {
  await block(alice, bob);
  const bodies = Array.from({ length: 120 }, (_, at) => written(us, bob, "Buy", 3_000 + at));
  await Promise.all(bodies);
  await db.doc(`conversations/${us}`).update({ total: 120 });
  await sent(us, bob, "Buy", 9_000);
  expect(await unread(alice, us)).toBe(0);
});

it("counts a message of the same moment as one that is shown together with it", async () => {
  await block(alice, bob);
  const buy = await written(us, bob, "Buy", 3_000);
  await sent(us, carol, "Hello", 3_000);
  await counted(us, buy);
  expect(await unread(alice, us)).toBe(2);
  await markedRead(alice, us, 3_000);
  expect(await unread(alice, us)).toBe(0);
});

it("asks each reader where as many have blocked an author as there are readers", async () => {
  const dave = await person("Dave");
  await db.doc(`conversations/${us}`).update({ memberIds: [alice, bob, carol, dave] });
  for (const who of [alice, dave, await person("Erin")]) await block(who, bob);
  await sent(us, bob, "Buy this", 2_000);
  for (const who of [alice, dave]) expect(await unread(who, us)).toBe(0);
  expect(await unread(carol, us)).toBe(1);
});

it("moves no time up to which somebody has read: others may see that", async () => {
  await block(alice, bob);
  await sent(us, bob, "Buy this", 2_000);
  expect(await read(`users/${alice}/states/${us}`)).not.toHaveProperty("readAt");
});

it("passes over nothing in a conversation of two: there all is shown", async () => {
  const talk = await direct(alice, bob);
  await sent(talk, bob, "Hello", 2_000);
  await block(alice, bob);
  expect(await unread(alice, talk)).toBe(1);
});
