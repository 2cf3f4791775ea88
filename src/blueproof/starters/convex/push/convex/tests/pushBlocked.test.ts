import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import { Expo, tokenOf } from "./expo.setup";
import { say, talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("what somebody sent before they were blocked does not ring after it", async () => {
  const expo = new Expo().install();
  const { t, ann, bob, conversationId } = await talk();
  await ann.as.mutation(api.push.save, { token: tokenOf("ann"), platform: "ios" });
  const messageId = await say(bob, conversationId, "Hello");
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  await t.mutation(internal.pushDelivery.fanOut, { messageId, cursor: null });
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(expo.sent).toEqual([]);
});
