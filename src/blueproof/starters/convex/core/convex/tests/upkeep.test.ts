import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import { arrive, backend } from "./backend.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("buckets that filled up again are forgotten, others are kept", async () => {
  const t = backend();
  const [ann, bob] = [await arrive(t, "Ann"), await arrive(t, "Bob")];
  await ann.as.mutation(api.people.rename, { name: "Annie" });
  vi.advanceTimersByTime(25 * 60 * 60 * 1000);
  await bob.as.mutation(api.people.rename, { name: "Bobby" });
  await t.mutation(internal.upkeep.forgetRates, {});
  const left = await t.run((ctx) => ctx.db.query("rateLimits").take(10));
  expect(left.map((bucket) => bucket.subject)).toEqual([bob.id]);
});

test("a monitor learns that the database answers, and nothing else", async () => {
  const t = backend();
  await arrive(t, "Ann");
  const answer = await t.fetch("/health");
  expect([answer.status, await answer.text()]).toEqual([200, "ok"]);
});
