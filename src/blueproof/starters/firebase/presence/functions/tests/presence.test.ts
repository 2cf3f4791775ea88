import { getDatabase } from "firebase-admin/database";
import { expect, it } from "vitest";

import { db } from "../src/app.js";
import { erasePresence, onMembers } from "../src/presence.js";
import { person } from "./support.js";
import { direct } from "./talk.js";

async function told(conversation: string, before: string[], after: string[]) {
  const data = {
    before: { data: () => ({ memberIds: before }) },
    after: { data: () => ({ memberIds: after }) },
  };
  await onMembers.run({ params: { conversation }, data } as never);
}

const pair = async (one: string, other: string) =>
  (await getDatabase().ref(`pairs/${one}/${other}`).get()).val() as unknown;

const mirrored = async (conversation: string) =>
  (await getDatabase().ref(`members/${conversation}`).get()).val() as unknown;

it("tells the Realtime Database who is in a conversation", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await told(talk, [], [alice, bob]);
  expect(await mirrored(talk)).toEqual({ [alice]: true, [bob]: true });
  expect([await pair(alice, bob), await pair(bob, alice)]).toEqual([true, true]);
  await db.doc(`conversations/${talk}`).update({ memberIds: [] });
  await told(talk, [alice, bob], []);
  expect(await mirrored(talk)).toBeNull();
  expect([await pair(alice, bob), await pair(bob, alice)]).toEqual([null, null]);
});

it("leaves nothing of who has erased their account", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await told(talk, [], [alice, bob]);
  expect(talk).not.toContain(bob);
  await erasePresence(bob);
  expect([await pair(alice, bob), await pair(bob, alice)]).toEqual([null, null]);
  await db.doc(`conversations/${talk}`).update({ memberIds: [alice] });
  await told(talk, [alice, bob], [alice]);
  const left = JSON.stringify((await getDatabase().ref().get()).val());
  expect(left).not.toContain(bob);
});

it("makes no pairs of a group", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await db.doc(`conversations/${talk}`).update({ kind: "group" });
  await told(talk, [], [alice, bob]);
  expect(await pair(alice, bob)).toBeNull();
});

it("tells what holds now when a trigger comes late", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await told(talk, [alice, bob], [alice, bob, "gone again"]);
  expect(await mirrored(talk)).toEqual({ [alice]: true, [bob]: true });
});

it("writes nothing for a change that is only a message", async () => {
  const talk = await direct(await person("Alice"), await person("Bob"));
  await told(talk, ["a", "b"], ["b", "a"]);
  expect(await mirrored(talk)).toBeNull();
});
