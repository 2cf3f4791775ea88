import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import type { Backend } from "./backend.setup";
import { talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function pass(t: Backend, milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await t.finishInProgressScheduledFunctions();
}

describe("typing", () => {
  test("is seen by the others, by name, and passes", async () => {
    const { t, ann, bob, conversationId } = await talk();
    const seen = () => ann.as.query(api.presence.typing, { conversationId });
    await bob.as.mutation(api.presence.type, { conversationId });
    expect(await seen()).toEqual(["Bob"]);
    expect(await bob.as.query(api.presence.typing, { conversationId })).toEqual([]);
    await pass(t, 4000);
    await bob.as.mutation(api.presence.type, { conversationId });
    await pass(t, 4000);
    expect(await seen()).toEqual(["Bob"]);
    await pass(t, 2001);
    expect(await seen()).toEqual([]);
  });

  test("is written at most every other second", async () => {
    const { t, bob, conversationId } = await talk();
    for (let n = 0; n < 5; n++) await bob.as.mutation(api.presence.type, { conversationId });
    const waiting = await t.run((ctx) => ctx.db.system.query("_scheduled_functions").take(10));
    expect(waiting).toHaveLength(1);
  });

  test("is neither seen nor done by a stranger", async () => {
    const { t, eve, conversationId } = await talk();
    const calls = [
      eve.as.mutation(api.presence.type, { conversationId }),
      eve.as.query(api.presence.typing, { conversationId }),
    ];
    for (const call of calls) await expect(call).rejects.toThrow("no such conversation");
    await expect(t.mutation(api.presence.type, { conversationId })).rejects.toThrow("sign in");
    await expect(t.query(api.presence.typing, { conversationId })).rejects.toThrow("sign in");
  });
});

describe("being online", () => {
  test("lasts as long as the beats", async () => {
    const { t, ann, bob } = await talk();
    const seen = async () =>
      (await ann.as.query(api.presence.online, { people: [bob.id] }))[bob.id];
    expect(await seen()).toBe(false);
    await bob.as.mutation(api.presence.beat, {});
    for (let n = 0; n < 5; n++) {
      await pass(t, 30_000);
      await bob.as.mutation(api.presence.beat, {});
      expect(await seen()).toBe(true);
    }
    await pass(t, 71_000);
    expect(await seen()).toBe(false);
  });

  test("is one document that beats do not touch", async () => {
    const { t, bob } = await talk();
    const shown = () => t.run((ctx) => ctx.db.query("online").take(5));
    await bob.as.mutation(api.presence.beat, {});
    const before = await shown();
    await pass(t, 30_000);
    await bob.as.mutation(api.presence.beat, {});
    expect(await shown()).toEqual(before);
  });

  test("is seen by those with a direct conversation only", async () => {
    const { t, bob, eve } = await talk();
    await bob.as.mutation(api.presence.beat, {});
    expect(await eve.as.query(api.presence.online, { people: [bob.id] })).toEqual({
      [bob.id]: false,
    });
    await expect(t.query(api.presence.online, { people: [bob.id] })).rejects.toThrow("sign in");
    await expect(t.mutation(api.presence.beat, {})).rejects.toThrow("sign in");
  });
});

test("an erased account leaves no trace of presence", async () => {
  const { t, bob, conversationId } = await talk();
  await bob.as.mutation(api.presence.type, { conversationId });
  await bob.as.mutation(api.presence.beat, {});
  await bob.as.mutation(api.account.erase, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  const left = await t.run(async (ctx) => [
    await ctx.db.query("typing").first(),
    await ctx.db.query("beats").first(),
    await ctx.db.query("online").first(),
  ]);
  expect(left).toEqual([null, null, null]);
});
