import type { FunctionReturnType } from "convex/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { arrive, firstPage, type Backend, type Somebody } from "./backend.setup";
import { say, talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());

afterEach(() => vi.useRealTimers());

/** Ann with Bob and Eve in a group. */
async function us() {
  const { t, ann, bob, eve } = await talk();
  const given = { title: "Us", people: [bob.id, eve.id] };
  const group = await ann.as.mutation(api.groups.create, given);
  return { t, ann, bob, eve, group };
}

async function block(t: Backend, who: Somebody, personId: Id<"users">) {
  await who.as.mutation(api.safety.block, { personId });
  await t.finishAllScheduledFunctions(vi.runAllTimers);
}

/** Reads as a phone does: up to the last message that it shows, on whatever page that is. */
async function look(t: Backend, who: Somebody, conversationId: Id<"conversations">) {
  const messageId = await lastShown(who, conversationId);
  await who.as.mutation(api.chat.markRead, { conversationId, messageId });
  await t.finishAllScheduledFunctions(vi.runAllTimers);
}

async function lastShown(who: Somebody, conversationId: Id<"conversations">) {
  let cursor: string | null = null;
  for (;;) {
    const paginationOpts = { ...firstPage, cursor };
    const found: FunctionReturnType<typeof api.chat.list> = await who.as.query(api.chat.list, { conversationId, paginationOpts });
    const last = found.page[0];
    if (last) return last.id as Id<"messages">;
    if (found.isDone) throw new Error("Nothing is shown.");
    cursor = found.continueCursor;
  }
}

async function unread(who: Somebody, conversationId: Id<"conversations">) {
  const { page } = await who.as.query(api.chat.inbox, { paginationOpts: firstPage });
  return page.find(({ id }) => id === conversationId)?.unread;
}

test("what somebody blocked writes in a group is unread to nobody who blocked them", async () => {
  const { t, ann, bob, eve, group } = await us();
  await block(t, ann, bob.id);
  await say(bob, group, "Buy this");
  await say(bob, group, "And that");
  expect(await unread(ann, group)).toBe(0);
  expect(await unread(eve, group)).toBe(2);
  await say(eve, group, "No");
  expect(await unread(ann, group)).toBe(1);
});

test("who has read all that they see has nothing unread", async () => {
  const { t, ann, bob, eve, group } = await us();
  await block(t, ann, bob.id);
  await say(eve, group, "Hello");
  for (const text of ["Buy", "this", "now"]) await say(bob, group, text);
  expect(await unread(ann, group)).toBeGreaterThan(0);
  await look(t, ann, group);
  expect(await unread(ann, group)).toBe(0);
});

test("only what follows at once is passed over: what is shown stays unread", async () => {
  const { t, ann, bob, eve, group } = await us();
  await block(t, ann, bob.id);
  await say(eve, group, "One");
  await look(t, ann, group);
  await say(bob, group, "Buy this");
  await say(eve, group, "Two");
  await say(bob, group, "Buy that");
  expect(await unread(ann, group)).toBe(2);
});

test("a block takes what is unread of that one's out of the count", async () => {
  const { t, ann, bob, group } = await us();
  for (const text of ["Buy", "this", "now"]) await say(bob, group, text);
  expect(await unread(ann, group)).toBe(3);
  await block(t, ann, bob.id);
  expect(await unread(ann, group)).toBe(0);
});

test("a row of hidden messages is passed over however long it is", async () => {
  const { t, ann, bob, eve, group } = await us();
  await block(t, ann, bob.id);
  await say(eve, group, "Hello");
  for (let each = 0; each < 130; each++) {
    if (each % 15 === 0) vi.advanceTimersByTime(20 * 60_000);
    await say(bob, group, `Buy ${each}`);
  }
  await look(t, ann, group);
  expect(await unread(ann, group)).toBe(0);
});

test("a hundred who blocked the same person have nothing unread of theirs", async () => {
  const { t, ann, bob, group } = await us();
  for (let each = 0; each < 100; each++) {
    const one = await arrive(t, `Person ${each}`);
    await t.run((ctx) => ctx.db.insert("blocks", { userId: one.id, blockedId: bob.id }));
  }
  await block(t, ann, bob.id);
  await say(bob, group, "Buy this");
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await unread(ann, group)).toBe(0);
});

test("in a direct conversation nothing is passed over: there all is shown", async () => {
  const { t, ann, bob, conversationId } = await talk();
  await say(bob, conversationId, "Hello");
  await block(t, ann, bob.id);
  expect(await unread(ann, conversationId)).toBe(1);
});
