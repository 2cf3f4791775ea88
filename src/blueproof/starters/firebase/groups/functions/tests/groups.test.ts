import { beforeEach, expect, it } from "vitest";

import { eraseAccount, onErasure } from "../src/account.js";
import { db } from "../src/app.js";
import { GROUP_MOST } from "../src/group-limit.js";
import { addMember, createGroup, leaveGroup, removeMember } from "../src/groups.js";
import { fresh, from, person, read } from "./support.js";
import { markedRead, sent, unread } from "./talk.js";

let alice: string;
let bob: string;
let carol: string;
let id: string;

beforeEach(async () => {
  [alice, bob, carol] = [await person("Alice"), await person("Bob"), await person("Carol")];
  id = (await createGroup.run(from(alice, { title: "Team", people: [bob] }))).id;
});

const members = async () => (await read(`conversations/${id}`))?.memberIds as string[];

it("makes a group of who asks and whom they chose", async () => {
  expect(await read(`conversations/${id}`)).toMatchObject({
    kind: "group",
    title: "Team",
    owner: alice,
    total: 0,
  });
  expect(await members()).toEqual([alice, bob]);
});

it("makes none with people who are not here, or with nobody", async () => {
  await expect(createGroup.run(from(alice, { title: "T", people: ["ghost"] }))).rejects.toThrow(
    "not here",
  );
  await expect(createGroup.run(from(alice, { title: "T", people: [alice] }))).rejects.toThrow(
    "somebody else",
  );
  await expect(createGroup.run(from(alice, { title: "T", people: ["a/b"] }))).rejects.toThrow(
    "not an id",
  );
  await expect(createGroup.run(from(null, { title: "T", people: [bob] }))).rejects.toThrow(
    "Sign in",
  );
});

it("lets members add, and nobody else", async () => {
  await addMember.run(from(bob, { id, person: carol }));
  expect(await members()).toContain(carol);
  const stranger = await person("Mallory");
  await expect(addMember.run(from(stranger, { id, person: stranger }))).rejects.toThrow(
    "not in this group",
  );
});

it("keeps to the number of people that a group may have", async () => {
  const crowd = Array.from({ length: GROUP_MOST - 2 }, () => fresh("someone"));
  await db.doc(`conversations/${id}`).update({ memberIds: [alice, bob, ...crowd] });
  await expect(addMember.run(from(alice, { id, person: carol }))).rejects.toThrow("at most");
});

it("starts who joins with nothing unread", async () => {
  await sent(id, alice, "before", 2_000);
  await addMember.run(from(alice, { id, person: carol }));
  expect(await unread(carol, id)).toBe(0);
  await sent(id, alice, "after", Date.now() + 1_000);
  expect(await unread(carol, id)).toBe(1);
  await markedRead(carol, id, Date.now() + 2_000);
  expect(await unread(carol, id)).toBe(0);
});

it("lets only who made the group remove people", async () => {
  await addMember.run(from(alice, { id, person: carol }));
  await expect(removeMember.run(from(bob, { id, person: carol }))).rejects.toThrow("Only who made");
  await removeMember.run(from(alice, { id, person: carol }));
  expect(await members()).not.toContain(carol);
});

it("passes the group on when its maker leaves or erases the account", async () => {
  await leaveGroup.run(from(alice, { id }));
  expect(await read(`conversations/${id}`)).toMatchObject({ owner: bob, memberIds: [bob] });
  await eraseAccount.run(from(bob, {}));
  await onErasure.run({ params: { uid: bob } } as never);
  expect(await read(`conversations/${id}`)).toMatchObject({ owner: "", memberIds: [] });
});

it("touches no direct conversation", async () => {
  const direct = `${alice}_${bob}`;
  await db
    .doc(`conversations/${direct}`)
    .set({ kind: "direct", memberIds: [alice, bob], total: 0 });
  await expect(addMember.run(from(alice, { id: direct, person: carol }))).rejects.toThrow(
    "not in this group",
  );
});
