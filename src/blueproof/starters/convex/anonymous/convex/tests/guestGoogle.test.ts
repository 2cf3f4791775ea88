import { beforeAll, expect, test } from "vitest";

import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { arrive, backend, type Backend, type Somebody } from "./backend.setup";
import { signingKey, subjectOf } from "./keys.setup";

beforeAll(async () => {
  await signingKey();
  process.env.REDIRECTS = "app://";
  process.env.AUTH_GOOGLE_ID = "id";
  process.env.AUTH_GOOGLE_SECRET = "secret";
});

const ann = { name: "Ann", email: "ann@gmail.com", emailVerified: true };

/** Begins a sign-in by Google; gives what the app keeps to finish it with. */
async function begun(by: Pick<Backend, "action">): Promise<Id<"authVerifiers">> {
  const start = await by.action(api.auth.signIn, {
    provider: "google",
    params: { redirectTo: "app://" },
  });
  return start.verifier as Id<"authVerifiers">;
}

/** What the browser brings back from Google: nobody is signed in to that request. */
async function cameBack(t: Backend, verifier: Id<"authVerifiers">, profile: object = ann) {
  const signature = `signature of ${verifier}`;
  await t.run((ctx) => ctx.db.patch(verifier, { signature }));
  const args = { type: "userOAuth", provider: "google", providerAccountId: "1", profile, signature };
  return (await t.mutation(internal.auth.store, { args })) as string;
}

async function finished(t: Backend, verifier: Id<"authVerifiers">, code: string) {
  const { tokens } = await t.action(api.auth.signIn, { params: { code }, verifier });
  return t.withIdentity({ subject: subjectOf(tokens?.token) });
}

async function idOf(who: Pick<Somebody["as"], "query">) {
  return (await who.query(api.people.me, {}))?.person.id;
}

test("a guest who signs in by Google stays the same person", async () => {
  const t = backend();
  const guest = await arrive(t, "Guest", { anonymous: true });
  const verifier = await begun(guest.as);
  const as = await finished(t, verifier, await cameBack(t, verifier));
  expect(await as.query(api.people.me, {})).toMatchObject({
    person: { id: guest.id, name: "Ann" },
    anonymous: false,
  });
  const later = await begun(t);
  expect(await idOf(await finished(t, later, await cameBack(t, later)))).toBe(guest.id);
});

test("who began a sign-in that somebody else completes is signed out by it", async () => {
  const t = backend();
  const guest = await arrive(t, "Guest", { anonymous: true });
  await cameBack(t, await begun(guest.as));
  expect(await idOf(guest.as)).toBeUndefined();
});

test("a guest does not become a person who is there already, and stays a guest", async () => {
  const t = backend();
  const first = await begun(t);
  const there = await idOf(await finished(t, first, await cameBack(t, first)));
  const guest = await arrive(t, "Guest", { anonymous: true });
  const verifier = await begun(guest.as);
  expect(await idOf(await finished(t, verifier, await cameBack(t, verifier)))).toBe(there);
  expect(await idOf(guest.as)).toBe(guest.id);
});

test("somebody who is no guest is not turned into another account", async () => {
  const t = backend();
  const bob = await arrive(t, "Bob");
  const verifier = await begun(bob.as);
  expect(await idOf(await finished(t, verifier, await cameBack(t, verifier)))).not.toBe(bob.id);
  expect(await idOf(bob.as)).toBe(bob.id);
});

test("a guest whose session has ended is not brought back", async () => {
  const t = backend();
  const guest = await arrive(t, "Guest", { anonymous: true });
  const verifier = await begun(guest.as);
  await t.run((ctx) => ctx.db.patch(guest.sessionId, { expirationTime: Date.now() - 1 }));
  expect(await idOf(await finished(t, verifier, await cameBack(t, verifier)))).not.toBe(guest.id);
});
