import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import { read, say, talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("others see up to when somebody has read, and it never goes back", async () => {
  const { ann, bob, conversationId } = await talk();
  const first = await say(ann, conversationId, "1");
  vi.advanceTimersByTime(1000);
  const second = await say(ann, conversationId, "2");
  expect(await ann.as.query(api.receipts.list, { conversationId })).toEqual({});
  await bob.as.mutation(api.chat.markRead, { conversationId, messageId: second });
  await bob.as.mutation(api.chat.markRead, { conversationId, messageId: first });
  const newest = (await read(ann, conversationId)).page[0];
  expect(await ann.as.query(api.receipts.list, { conversationId })).toEqual({
    [bob.id]: newest?.at,
  });
});

test("who answers has read", async () => {
  const { ann, bob, conversationId } = await talk();
  await say(ann, conversationId, "Hello?");
  await say(bob, conversationId, "Hello.");
  expect(Object.keys(await ann.as.query(api.receipts.list, { conversationId }))).toEqual([bob.id]);
});

test("a stranger, and nobody signed in, sees who read nothing of it", async () => {
  const { t, eve, conversationId } = await talk();
  await expect(eve.as.query(api.receipts.list, { conversationId })).rejects.toThrow(
    "no such conversation",
  );
  await expect(t.query(api.receipts.list, { conversationId })).rejects.toThrow("sign in");
});

test("an erased account leaves no receipt", async () => {
  const { t, ann, bob, conversationId } = await talk();
  await say(bob, conversationId, "Hello");
  await bob.as.mutation(api.account.erase, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await ann.as.query(api.receipts.list, { conversationId })).toEqual({});
});
