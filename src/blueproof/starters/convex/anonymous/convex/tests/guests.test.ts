import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import { arrive, backend, endSession, type Backend } from "./backend.setup";
import { signingKey, subjectOf } from "./keys.setup";

beforeAll(signingKey);
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Caller = Pick<Backend, "action">;
const account = {
  flow: "signUp",
  email: "ann@example.com",
  password: "correct horse",
  name: "Ann",
};

async function enter(
  t: Backend,
  by: Caller,
  provider: string,
  params: Record<string, string> = {},
) {
  const { tokens } = await by.action(api.auth.signIn, { provider, params });
  return t.withIdentity({ subject: subjectOf(tokens?.token) });
}

async function idOf(who: Pick<Backend, "query">) {
  return (await who.query(api.people.me, {}))?.person.id;
}

test("a guest is somebody of their own", async () => {
  const t = backend();
  const [one, other] = [await enter(t, t, "anonymous"), await enter(t, t, "anonymous")];
  expect(await one.query(api.people.me, {})).toMatchObject({
    person: { name: "Guest" },
    anonymous: true,
  });
  expect(await idOf(one)).not.toBe(await idOf(other));
});

test("a guest who signs up stays the same person", async () => {
  const t = backend();
  const guest = await enter(t, t, "anonymous");
  const id = await idOf(guest);
  const ann = await enter(t, guest, "password", account);
  expect(await ann.query(api.people.me, {})).toMatchObject({
    person: { id, name: "Ann" },
    anonymous: false,
  });
  expect(await idOf(await enter(t, t, "password", { ...account, flow: "signIn" }))).toBe(id);
});

test("somebody who is no guest is not turned into another account", async () => {
  const t = backend();
  const bob = await arrive(t, "Bob");
  const ann = await enter(t, bob.as, "password", account);
  expect(await idOf(ann)).not.toBe(bob.id);
});

test("a guest does not take over an account that is there", async () => {
  const t = backend();
  await enter(t, t, "password", account);
  const guest = await enter(t, t, "anonymous");
  const wrong = { ...account, password: "wrong horse" };
  await expect(enter(t, guest, "password", wrong)).rejects.toThrow();
});

test("guests come at a bounded rate", async () => {
  const t = backend();
  for (let n = 0; n < 200; n++) await t.action(api.auth.signIn, { provider: "anonymous" });
  await expect(t.action(api.auth.signIn, { provider: "anonymous" })).rejects.toThrow("too often");
});

test("guests without a session are erased, others stay", async () => {
  const t = backend();
  const gone = await arrive(t, "Guest", { anonymous: true });
  const stays = await arrive(t, "Guest", { anonymous: true });
  const ann = await arrive(t, "Ann");
  await t.run((ctx) => ctx.db.patch(stays.sessionId, { expirationTime: Date.now() + 1e10 }));
  for (const { sessionId } of [gone, ann]) await endSession(t, sessionId);
  vi.advanceTimersByTime(25 * 60 * 60 * 1000);
  await t.mutation(internal.guests.eraseGone, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  const left = await t.run((ctx) => ctx.db.query("users").take(5));
  expect(left.map(({ _id }) => _id)).toEqual([stays.id, ann.id]);
});
