import { createHash } from "node:crypto";

import { Timestamp } from "firebase-admin/firestore";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { eraseAccount, onErasure } from "../src/account.js";
import { db } from "../src/app.js";
import { readPushReceipts } from "../src/receipts-of-push.js";
import { from, fresh, person, read } from "./support.js";
import { counted, direct, sent, written } from "./talk.js";

type Asked = {
  url: string;
  body: { to: string; title: string; body: string; data: object }[] & { ids: string[] };
};

let asked: Asked[];
let answer: (asked: Asked) => unknown;
let alice: string;
let bob: string;
let talk: string;

beforeEach(async () => {
  asked = [];
  answer = ({ body }) => body.map(() => ({ status: "ok", id: fresh("ticket") }));
  vi.stubGlobal("fetch", async (url: string, init: { body: string }) => {
    const request = { url, body: JSON.parse(init.body) };
    asked.push(request);
    return new Response(JSON.stringify({ data: answer(request) }));
  });
  [alice, bob] = [await person("Alice"), await person("Bob")];
  talk = await direct(alice, bob);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function device(uid: string): Promise<string> {
  const token = `ExponentPushToken[${fresh("device")}]`;
  const path = `tokens/${createHash("sha256").update(token).digest("hex")}`;
  await db.doc(path).set({ uid, token, platform: "ios", at: Timestamp.now() });
  return path;
}

it("tells the other's devices, not the author's", async () => {
  await device(alice);
  const path = await device(bob);
  await sent(talk, alice, "hello", 2_000);
  expect(asked).toHaveLength(1);
  const token = (await read(path))?.token;
  expect(asked[0]?.body).toEqual([
    {
      to: token,
      title: "Alice",
      body: "hello",
      data: { conversationId: talk },
      sound: "default",
      channelId: "messages",
    },
  ]);
});

it("tells nobody twice when the trigger runs twice", async () => {
  await device(bob);
  const message = await sent(talk, alice, "hello", 2_000);
  await counted(talk, message);
  expect(asked).toHaveLength(1);
});

it("tells nobody of a message that was taken away before its trigger ran", async () => {
  await device(bob);
  const message = await written(talk, alice, "hello", 2_000);
  await db.doc(`conversations/${talk}/messages/${message}`).update({ text: "", deleted: true });
  await counted(talk, message);
  expect(asked).toHaveLength(0);
});

it("is quiet for who has muted the conversation or has it open", async () => {
  await device(bob);
  await db.doc(`users/${bob}/states/${talk}`).set({ muted: true }, { merge: true });
  await sent(talk, alice, "one", 2_000);
  await db.doc(`users/${bob}/states/${talk}`).set({ muted: false }, { merge: true });
  await db.doc(`users/${bob}/open/now`).set({ conversation: talk, at: Timestamp.now() });
  await sent(talk, alice, "two", 3_000);
  expect(asked).toHaveLength(0);
  await db
    .doc(`users/${bob}/open/now`)
    .set({ conversation: talk, at: Timestamp.fromMillis(1_000) });
  await sent(talk, alice, "three", 4_000);
  expect(asked).toHaveLength(1);
});

it("sends a hundred in one request", async () => {
  for (let number = 0; number < 101; number += 1) await device(bob);
  await sent(talk, alice, "hello", 2_000);
  expect(asked.map(({ body }) => body.length)).toEqual([100, 1]);
});

it("forgets a device that Expo does not know any more", async () => {
  const path = await device(bob);
  answer = () => [{ status: "error", details: { error: "DeviceNotRegistered" } }];
  await sent(talk, alice, "hello", 2_000);
  expect(await read(path)).toBeUndefined();
});

it("reads receipts later and forgets the devices that are gone", async () => {
  const path = await device(bob);
  const [gone, unknown] = [fresh("ticket"), fresh("ticket")];
  const at = Timestamp.fromMillis(Date.now() - 20 * 60_000);
  for (const ticket of [gone, unknown]) {
    await db.doc(`tickets/${ticket}`).set({ device: path.split("/")[1], at });
  }
  answer = () => ({ [gone]: { status: "error", details: { error: "DeviceNotRegistered" } } });
  await readPushReceipts.run({} as never);
  expect(await read(path)).toBeUndefined();
  expect(await read(`tickets/${gone}`)).toBeUndefined();
  expect(await read(`tickets/${unknown}`)).toBeDefined();
  await db.doc(`tickets/${unknown}`).delete();
});

it("loses a push rather than the message when Expo refuses", async () => {
  await device(bob);
  vi.stubGlobal("fetch", async () => new Response("", { status: 400 }));
  await expect(sent(talk, alice, "hello", 2_000)).resolves.toBeDefined();
  expect(await read(`conversations/${talk}`)).toMatchObject({ total: 1 });
});

it("forgets the devices of an erased account", async () => {
  const path = await device(bob);
  await eraseAccount.run(from(bob, {}));
  await onErasure.run({ params: { uid: bob } } as never);
  expect(await read(path)).toBeUndefined();
});
