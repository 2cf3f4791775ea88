import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import { LARGEST } from "../settings";
import { arrive, backend } from "./backend.setup";
import { Expo, tokenOf } from "./expo.setup";
import { say } from "./talk.setup";

let expo: Expo;

beforeEach(() => {
  vi.useFakeTimers();
  expo = new Expo().install();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a message to a full group rings each phone once, in batches of at most a hundred", async () => {
  const t = backend();
  const ann = await arrive(t, "Ann");
  const people = await t.run(async (ctx) => {
    const made = [];
    for (let n = 1; n < LARGEST; n++) {
      const userId = await ctx.db.insert("users", { name: `${n}`, anonymous: false });
      await ctx.db.insert("pushTokens", { userId, token: tokenOf(`${n}`), platform: "ios" });
      made.push(userId);
    }
    return made;
  });
  const conversationId = await ann.as.mutation(api.groups.create, { title: "All", people });
  await say(ann, conversationId, "Hello");
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(new Set(expo.sent.map(({ to }) => to)).size).toBe(LARGEST - 1);
  expect(expo.sent).toHaveLength(LARGEST - 1);
  expect(Math.max(...expo.batches.map((batch) => batch.length))).toBeLessThanOrEqual(100);
  expect(expo.sent[0]).toMatchObject({ title: "All", body: "Ann: Hello" });
});
