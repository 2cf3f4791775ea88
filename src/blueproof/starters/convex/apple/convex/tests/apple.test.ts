import { exportJWK, exportPKCS8, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import { sha256 } from "../model/appleIdentity";
import { IDENTIFIER } from "../settings";
import { arrive, backend, type Backend } from "./backend.setup";
import { signingKey, subjectOf } from "./keys.setup";

type Key = Awaited<ReturnType<typeof generateKeyPair>>;
let apples: Key;
let others: Key;
let revoked: string[] = [];
let answers: number[] = [];

beforeAll(async () => {
  await signingKey();
  [apples, others] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
  const own = await generateKeyPair("ES256", { extractable: true });
  process.env.APPLE_PRIVATE_KEY = await exportPKCS8(own.privateKey);
  process.env.APPLE_TEAM_ID = "TEAM";
  process.env.APPLE_KEY_ID = "KEY";
});

beforeEach(() => {
  vi.useFakeTimers();
  [revoked, answers] = [[], []];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    if (url.endsWith("/auth/keys")) {
      const key = { ...(await exportJWK(apples.publicKey)), kid: "1", alg: "RS256" };
      return Response.json({ keys: [key] });
    }
    if (url.endsWith("/auth/token")) return Response.json({ refresh_token: "refresh" });
    revoked.push(new URLSearchParams(String(init?.body)).get("token") ?? "");
    return new Response(null, { status: answers.shift() ?? 200 });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const claims = { email: "ann@example.com", email_verified: "true" };

async function identity(
  nonce: string,
  given: { key?: Key; aud?: string; iss?: string; age?: number } = {},
) {
  const issued = Math.floor(Date.now() / 1000) - (given.age ?? 0);
  return await new SignJWT({ ...claims, nonce: await sha256(nonce) })
    .setProtectedHeader({ alg: "RS256", kid: "1" })
    .setSubject("apple-ann")
    .setIssuer(given.iss ?? "https://appleid.apple.com")
    .setAudience(given.aud ?? IDENTIFIER)
    .setIssuedAt(issued)
    .setExpirationTime(issued + 24 * 60 * 60)
    .sign((given.key ?? apples).privateKey);
}

async function enter(t: Backend, identityToken: string, nonce: string) {
  const params = { identityToken, nonce, name: "Ann", code: "code" };
  const { tokens } = await t.action(api.auth.signIn, { provider: "apple", params });
  return t.withIdentity({ subject: subjectOf(tokens?.token) });
}

test("Apple's identity signs in, and the same one again as the same person", async () => {
  const t = backend();
  const first = await enter(t, await identity("n1"), "n1");
  const again = await enter(t, await identity("n2"), "n2");
  const me = await first.query(api.people.me, {});
  expect(me).toMatchObject({ person: { name: "Ann" }, anonymous: false });
  expect(await again.query(api.people.me, {})).toEqual(me);
});

test("an address that Apple proved leads to the person who proved it before", async () => {
  const t = backend();
  const ann = await arrive(t, "Ann", { email: "ann@example.com", emailVerificationTime: 1 });
  const entered = await enter(t, await identity("n1"), "n1");
  expect((await entered.query(api.people.me, {}))?.person.id).toBe(ann.id);
});

test("no other identity signs in", async () => {
  const t = backend();
  const forged = {
    "another key": await identity("n", { key: others }),
    "another app": await identity("n", { aud: "com.example.other" }),
    "another issuer": await identity("n", { iss: "https://evil.example" }),
    "an old one": await identity("n", { age: 11 * 60 }),
    "another nonce": await identity("m"),
    "no token": "abc",
  };
  for (const [what, token] of Object.entries(forged)) {
    await expect(enter(t, token, "n"), what).rejects.toThrow("Apple's answer");
  }
  expect(await t.run((ctx) => ctx.db.query("users").take(1))).toEqual([]);
});

test("an identity is good once", async () => {
  const t = backend();
  const token = await identity("n");
  await enter(t, token, "n");
  await expect(enter(t, token, "n")).rejects.toThrow("used already");
});

test("used nonces are forgotten when no identity can have them any more", async () => {
  const t = backend();
  await enter(t, await identity("n"), "n");
  vi.advanceTimersByTime(16 * 60_000);
  await t.mutation(internal.apple.forgetNonces, {});
  expect(await t.run((ctx) => ctx.db.query("appleNonces").take(1))).toEqual([]);
});

test("an erased account is taken out of the Apple account, also if Apple is out for a while", async () => {
  const t = backend();
  const ann = await enter(t, await identity("n"), "n");
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  answers = [503, 200];
  await ann.mutation(api.account.erase, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(revoked).toEqual(["refresh", "refresh"]);
  expect(await t.run((ctx) => ctx.db.query("appleTokens").take(1))).toEqual([]);
});
