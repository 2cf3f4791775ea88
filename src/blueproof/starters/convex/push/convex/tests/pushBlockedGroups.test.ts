import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import { Expo, tokenOf } from "./expo.setup";
import { say, talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("in a group the phone of who has blocked somebody is silent, and the other's rings", async () => {
  const expo = new Expo().install();
  const { t, ann, bob, eve } = await talk();
  const given = { title: "Us", people: [bob.id, eve.id] };
  const conversationId = await ann.as.mutation(api.groups.create, given);
  for (const [who, name] of [
    [ann, "ann"],
    [bob, "bob"],
    [eve, "eve"],
  ] as const) {
    await who.as.mutation(api.push.save, { token: tokenOf(name), platform: "ios" });
  }
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  await say(bob, conversationId, "Buy this");
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(expo.sent.map(({ to }) => to)).toEqual([tokenOf("eve")]);
  await say(ann, conversationId, "Hi");
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(expo.sent.slice(1).map(({ to }) => to).sort()).toEqual([tokenOf("bob"), tokenOf("eve")]);
});
