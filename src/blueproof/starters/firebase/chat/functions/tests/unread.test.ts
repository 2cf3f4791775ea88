import { beforeEach, expect, it } from "vitest";

import { person, read } from "./support.js";
import { counted, direct, markedRead, sent, unread, written } from "./talk.js";

let alice: string;
let bob: string;
let talk: string;

beforeEach(async () => {
  [alice, bob] = [await person("Alice"), await person("Bob")];
  talk = await direct(alice, bob);
});

it("counts what somebody else has written and nothing of one's own", async () => {
  await sent(talk, alice, "one", 2_000);
  await sent(talk, alice, "two", 3_000);
  expect(await unread(bob, talk)).toBe(2);
  expect(await unread(alice, talk)).toBe(0);
});

it("shows the newest message in the inbox", async () => {
  await sent(talk, alice, "one", 2_000);
  await sent(talk, alice, "two", 3_000);
  expect(await read(`conversations/${talk}`)).toMatchObject({ preview: "two", total: 2 });
});

it("counts a message once when its trigger runs twice", async () => {
  const message = await sent(talk, alice, "one", 2_000);
  await counted(talk, message);
  expect(await unread(bob, talk)).toBe(1);
});

it("keeps preview and number when triggers come in the wrong order", async () => {
  const first = await written(talk, alice, "first", 2_000);
  const second = await written(talk, alice, "second", 3_000);
  await counted(talk, second);
  await counted(talk, first);
  expect(await read(`conversations/${talk}`)).toMatchObject({ preview: "second", total: 2 });
  expect(await unread(bob, talk)).toBe(2);
  expect(await unread(alice, talk)).toBe(0);
});

it("comes to nought when both devices mark the same message", async () => {
  await sent(talk, alice, "one", 2_000);
  await sent(talk, alice, "two", 3_000);
  await markedRead(bob, talk, 3_000);
  await markedRead(bob, talk, 3_000);
  expect(await unread(bob, talk)).toBe(0);
});

it("leaves unread what came after the message that was marked", async () => {
  await sent(talk, alice, "one", 2_000);
  await sent(talk, alice, "two", 3_000);
  await markedRead(bob, talk, 2_000);
  expect(await unread(bob, talk)).toBe(1);
});

it("is right when a message is read before it has been counted", async () => {
  const message = await written(talk, alice, "one", 2_000);
  await markedRead(bob, talk, 2_000);
  await counted(talk, message);
  expect(await unread(bob, talk)).toBe(0);
  await sent(talk, alice, "two", 3_000);
  expect(await unread(bob, talk)).toBe(1);
});
