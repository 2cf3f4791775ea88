import { createHash } from "node:crypto";

import { Timestamp } from "firebase-admin/firestore";
import { afterEach, expect, it, vi } from "vitest";

import { db } from "../src/app.js";
import { fresh, person } from "./support.js";
import { direct, sent } from "./talk.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Who is rung, by the tokens that Expo is sent. */
function ringing(): string[] {
  const rung: string[] = [];
  vi.stubGlobal("fetch", async (_url: string, init: { body: string }) => {
    const asked = JSON.parse(init.body) as { to: string }[];
    rung.push(...asked.map(({ to }) => to));
    return Response.json({ data: asked.map(() => ({ status: "ok", id: fresh("ticket") })) });
  });
  return rung;
}

async function device(uid: string): Promise<string> {
  const token = `ExponentPushToken[${fresh("device")}]`;
  const path = `tokens/${createHash("sha256").update(token).digest("hex")}`;
  await db.doc(path).set({ uid, token, platform: "ios", at: Timestamp.now() });
  return token;
}

async function group(...memberIds: string[]): Promise<string> {
  const id = fresh("group");
  const at = Timestamp.fromMillis(1_000);
  const owner = memberIds[0];
  const head = { kind: "group", title: "Us", owner, memberIds, preview: "", total: 0, at };
  await db.doc(`conversations/${id}`).set(head);
  return id;
}

it("leaves the phone of who has blocked the author silent in a group, and rings the others'", async () => {
  const rung = ringing();
  const [alice, bob, carol] = [await person("Alice"), await person("Bob"), await person("Carol")];
  const [hers, his, carols] = [await device(alice), await device(bob), await device(carol)];
  await db.doc(`users/${alice}/blocks/${bob}`).set({ person: bob, at: Timestamp.now() });
  const us = await group(alice, bob, carol);
  await sent(us, bob, "buy this", 2_000);
  expect(rung).toEqual([carols]);
  await sent(us, alice, "hi", 3_000);
  expect(rung.slice(1).sort()).toEqual([his, carols].sort());
  expect(rung).not.toContain(hers);
});

it("rings in a conversation of two as before", async () => {
  const rung = ringing();
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const hers = await device(alice);
  await sent(await direct(alice, bob), bob, "hello", 2_000);
  expect(rung).toEqual([hers]);
});
