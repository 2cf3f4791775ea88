import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import { arrive, backend, endSession } from "./backend.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("who calls", () => {
  test("nobody is signed in without a token", async () => {
    const t = backend();
    expect(await t.query(api.people.me, {})).toBeNull();
    await expect(t.mutation(api.people.rename, { name: "Eve" })).rejects.toThrow("sign in");
    await expect(t.mutation(api.account.erase, {})).rejects.toThrow("sign in");
    await expect(t.query(api.account.exportSections, {})).rejects.toThrow("sign in");
    const page = { section: "profile", cursor: null };
    await expect(t.query(api.account.exportPage, page)).rejects.toThrow("sign in");
  });

  test("a token is no longer good when its session ended", async () => {
    const t = backend();
    const ann = await arrive(t, "Ann");
    await endSession(t, ann.sessionId);
    expect(await ann.as.query(api.people.me, {})).toBeNull();
    await expect(ann.as.mutation(api.people.rename, { name: "Ann B" })).rejects.toThrow("sign in");
  });

  test("a token does not work with another person's session", async () => {
    const t = backend();
    const [ann, eve] = [await arrive(t, "Ann"), await arrive(t, "Eve")];
    const forged = t.withIdentity({ subject: `${ann.id}|${eve.sessionId}` });
    expect(await forged.query(api.people.me, {})).toBeNull();
  });
});

describe("rename", () => {
  test("changes the caller's name and nobody else's", async () => {
    const t = backend();
    const [ann, bob] = [await arrive(t, "Ann"), await arrive(t, "Bob")];
    await ann.as.mutation(api.people.rename, { name: "  Ann \n Berg " });
    expect(await ann.as.query(api.people.me, {})).toMatchObject({ person: { name: "Ann Berg" } });
    expect(await bob.as.query(api.people.me, {})).toMatchObject({ person: { name: "Bob" } });
  });

  test("refuses an empty and an endless name, and too many changes", async () => {
    const t = backend();
    const { as } = await arrive(t, "Ann");
    await expect(as.mutation(api.people.rename, { name: "  " })).rejects.toThrow("enter a name");
    await expect(as.mutation(api.people.rename, { name: "x".repeat(61) })).rejects.toThrow("60");
    for (let turn = 0; turn < 5; turn++)
      await as.mutation(api.people.rename, { name: `Ann ${turn}` });
    await expect(as.mutation(api.people.rename, { name: "Ann" })).rejects.toThrow("too often");
    vi.advanceTimersByTime(60_000);
    await as.mutation(api.people.rename, { name: "Ann" });
  });
});

describe("export", () => {
  test("holds the caller's own profile", async () => {
    const t = backend();
    await arrive(t, "Bob", { email: "bob@example.com" });
    const ann = await arrive(t, "Ann", { email: "ann@example.com" });
    expect(await ann.as.query(api.account.exportSections, {})).toContain("profile");
    const page = await ann.as.query(api.account.exportPage, { section: "profile", cursor: null });
    expect(page).toEqual({ items: [{ name: "Ann", email: "ann@example.com" }], cursor: null });
  });

  test("has no section that was not declared", async () => {
    const t = backend();
    const { as } = await arrive(t, "Ann");
    for (const section of ["users", "constructor", "__proto__"]) {
      const page = { section, cursor: null };
      await expect(as.query(api.account.exportPage, page)).rejects.toThrow("no such section");
    }
  });
});

describe("erase", () => {
  test("locks the person out at once and leaves nothing of them", async () => {
    const t = backend();
    const ann = await arrive(t, "Ann", { email: "ann@example.com", emailVerificationTime: 1 });
    await t.run(async (ctx) => {
      const account = {
        userId: ann.id,
        provider: "password",
        providerAccountId: "ann@example.com",
      };
      await ctx.db.insert("authAccounts", account);
      for (let turn = 0; turn < 150; turn++) {
        await ctx.db.insert("authRefreshTokens", { sessionId: ann.sessionId, expirationTime: 1 });
      }
    });
    await ann.as.mutation(api.people.rename, { name: "Annie" });
    await ann.as.mutation(api.account.erase, {});
    expect(await ann.as.query(api.people.me, {})).toBeNull();
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run(async (ctx) => [
      await ctx.db.query("users").take(1),
      await ctx.db.query("authAccounts").take(1),
      await ctx.db.query("authSessions").take(1),
      await ctx.db.query("authRefreshTokens").take(1),
      await ctx.db.query("rateLimits").take(1),
    ]);
    expect(left.flat()).toEqual([]);
  });

  test("leaves other people alone", async () => {
    const t = backend();
    const [ann, bob] = [await arrive(t, "Ann"), await arrive(t, "Bob")];
    await ann.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await bob.as.query(api.people.me, {})).toMatchObject({ person: { name: "Bob" } });
  });

  test("goes on after it was interrupted", async () => {
    const t = backend();
    const ann = await arrive(t, "Ann");
    await t.run((ctx) => ctx.db.patch(ann.id, { erasing: true }));
    await t.mutation(internal.account.resume, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await t.run((ctx) => ctx.db.get(ann.id))).toBeNull();
  });
});
