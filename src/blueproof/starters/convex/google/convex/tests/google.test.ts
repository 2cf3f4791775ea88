import type { GoogleProfile } from "@auth/core/providers/google";
import { beforeAll, expect, test } from "vitest";

import { api } from "../_generated/api";
import { profileOf } from "../model/google";
import { checkedRedirect } from "../model/redirects";
import { backend } from "./backend.setup";
import { signingKey } from "./keys.setup";

beforeAll(async () => {
  await signingKey();
  process.env.REDIRECTS = "app://, https://app.example.com";
  process.env.AUTH_GOOGLE_ID = "id";
  process.env.AUTH_GOOGLE_SECRET = "secret";
});

function profile(given: Partial<GoogleProfile>): GoogleProfile {
  const base = {
    sub: "1",
    name: "Ann",
    email: "ann@gmail.com",
    email_verified: true,
    picture: "https://p",
  };
  return { ...base, ...given } as GoogleProfile;
}

test("an address is proven where Google hosts it, and only there", () => {
  const proven = (given: Partial<GoogleProfile>) => profileOf(profile(given)).emailVerified;
  expect(proven({})).toBe(true);
  expect(proven({ email: "ann@firm.com", hd: "firm.com" })).toBe(true);
  expect(proven({ email: "ann@elsewhere.com" })).toBe(false);
  expect(proven({ email_verified: false })).toBe(false);
});

test("a sign-in ends where it may, and nowhere else", async () => {
  for (const redirectTo of ["app://", "https://app.example.com"]) {
    expect(await checkedRedirect({ redirectTo })).toBe(redirectTo);
  }
  for (const redirectTo of [
    "https://evil.example",
    "https://app.example.com.evil.example",
    "app://x",
    "",
  ]) {
    await expect(checkedRedirect({ redirectTo })).rejects.toThrow("REDIRECTS");
  }
});

test("a sign-in starts on the deployment, and gives no session yet", async () => {
  const t = backend();
  const start = await t.action(api.auth.signIn, {
    provider: "google",
    params: { redirectTo: "app://" },
  });
  const url = new URL(start.redirect ?? "");
  expect(url.href).toMatch(/^https:\/\/example\.convex\.site\/api\/auth\/signin\/google/);
  expect(start.tokens).toBeUndefined();
});

test("a made-up code signs nobody in", async () => {
  const t = backend();
  const answer = await t.action(api.auth.signIn, {
    params: { code: "12345678" },
    verifier: "none",
  });
  expect(answer.tokens).toBeNull();
});
