import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import { arrive, backend, type Backend } from "./backend.setup";
import { signingKey, subjectOf } from "./keys.setup";

type Letter = { to: string; subject: string; text: string };
let letters: Letter[] = [];

beforeAll(signingKey);

beforeEach(() => {
  vi.useFakeTimers();
  letters = [];
  process.env.RESEND_API_KEY = "key";
  process.env.EMAIL_FROM = "App <app@example.com>";
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    letters.push(JSON.parse(String(init.body)));
    return new Response("{}");
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const ann = { email: "ann@example.com", password: "correct horse", name: "Ann" };

async function enter(t: Backend, flow: "signIn" | "signUp", params: Record<string, string>) {
  const { tokens } = await t.action(api.auth.signIn, {
    provider: "password",
    params: { flow, ...params },
  });
  return { as: t.withIdentity({ subject: subjectOf(tokens?.token) }) };
}

async function lastLink(t: Backend): Promise<string> {
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  return /code=([\w-]+)/.exec(letters.at(-1)?.text ?? "")?.[1] ?? "no link";
}

function submit(t: Backend, path: string, fields: Record<string, string>) {
  return t.fetch(path, { method: "POST", body: new URLSearchParams(fields) });
}

async function proven(t: Backend): Promise<boolean> {
  const users = await t.run((ctx) => ctx.db.query("users").take(1));
  return users[0]?.emailVerificationTime !== undefined;
}

describe("an address and a password", () => {
  test("make an account, and sign in to it in any spelling of the address", async () => {
    const t = backend();
    const first = await enter(t, "signUp", ann);
    const again = await enter(t, "signIn", { ...ann, email: " Ann@Example.com " });
    const me = await first.as.query(api.people.me, {});
    expect(me).toMatchObject({ person: { name: "Ann" }, anonymous: false });
    expect(await again.as.query(api.people.me, {})).toEqual(me);
  });

  test("are checked on the server", async () => {
    const t = backend();
    await expect(enter(t, "signUp", { ...ann, email: "ann" })).rejects.toThrow("valid e-mail");
    await expect(enter(t, "signUp", { ...ann, password: "short" })).rejects.toThrow("8 to 128");
    await expect(enter(t, "signUp", { ...ann, password: "x".repeat(129) })).rejects.toThrow(
      "8 to 128",
    );
    await expect(enter(t, "signUp", { ...ann, name: "" })).rejects.toThrow("enter a name");
  });

  test("do not open an account with another password", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    await expect(enter(t, "signIn", { ...ann, password: "wrong horse" })).rejects.toThrow();
    await expect(enter(t, "signUp", { ...ann, password: "wrong horse" })).rejects.toThrow();
  });

  test("cannot be guessed without end", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    for (let n = 0; n < 10; n++) {
      await expect(enter(t, "signIn", { ...ann, password: `wrong ${n} horse` })).rejects.toThrow();
    }
    await expect(enter(t, "signIn", ann)).rejects.toThrow("TooManyFailedAttempts");
  });
});

describe("the link that proves an address", () => {
  test("is sent once, and proves it when the form is sent, not when it is looked at", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    const code = await lastLink(t);
    expect(letters.map(({ to }) => to)).toEqual(["ann@example.com"]);
    expect(await (await t.fetch(`/verify?code=${code}`)).text()).toContain("Confirm");
    expect(await proven(t)).toBe(false);
    expect((await submit(t, "/verify", { code })).status).toBe(200);
    expect(await proven(t)).toBe(true);
    expect((await submit(t, "/verify", { code })).status).toBe(400);
  });

  test("is too old after a day", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    const code = await lastLink(t);
    vi.advanceTimersByTime(24 * 60 * 60 * 1000 + 1);
    expect((await submit(t, "/verify", { code })).status).toBe(400);
    expect(await proven(t)).toBe(false);
  });

  test("does not take an address from the one who proved it", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    const code = await lastLink(t);
    await arrive(t, "Other Ann", { email: ann.email, emailVerificationTime: 1 });
    await submit(t, "/verify", { code });
    expect(await proven(t)).toBe(false);
  });

  test("sets no password", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    const code = await lastLink(t);
    expect((await submit(t, "/reset", { code, password: "another horse" })).status).toBe(400);
  });
});

describe("the link for a new password", () => {
  test("sets it, ends every session, and works once", async () => {
    const t = backend();
    const before = await enter(t, "signUp", ann);
    await t.mutation(api.email.requestReset, { email: ann.email });
    const code = await lastLink(t);
    const fields = { code, password: "another horse" };
    expect((await submit(t, "/reset", fields)).status).toBe(200);
    expect(await before.as.query(api.people.me, {})).toBeNull();
    await expect(enter(t, "signIn", ann)).rejects.toThrow();
    await enter(t, "signIn", { ...ann, password: "another horse" });
    expect((await submit(t, "/reset", fields)).status).toBe(400);
  });

  test("refuses a weak password and stays good", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    await t.mutation(api.email.requestReset, { email: ann.email });
    const code = await lastLink(t);
    const refused = await submit(t, "/reset", { code, password: "short" });
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining("8 to 128"),
    ]);
    expect((await submit(t, "/reset", { code, password: "another horse" })).status).toBe(200);
  });

  test("tells nobody whether an address has an account", async () => {
    const t = backend();
    await enter(t, "signUp", ann);
    await lastLink(t);
    const before = letters.length;
    const answers = [
      await t.mutation(api.email.requestReset, { email: "nobody@example.com" }),
      await t.mutation(api.email.requestReset, { email: ann.email }),
    ];
    expect(answers).toEqual([null, null]);
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(letters.slice(before).map(({ to }) => to)).toEqual([ann.email]);
  });

  test("is not sent without bound", async () => {
    const t = backend();
    const ask = () => t.mutation(api.email.requestReset, { email: ann.email });
    for (let n = 0; n < 3; n++) await ask();
    await expect(ask()).rejects.toThrow("too often");
  });

  test("puts nothing that a visitor sent into the page", async () => {
    const t = backend();
    const answer = await t.fetch(`/reset?code=${encodeURIComponent('"><script>')}`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.not.stringContaining("<script>"),
    ]);
    expect(answer.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  });
});

test("old links are forgotten, and an erased account leaves none", async () => {
  const t = backend();
  const { as } = await enter(t, "signUp", ann);
  await lastLink(t);
  vi.advanceTimersByTime(25 * 60 * 60 * 1000);
  await t.mutation(api.email.requestReset, { email: ann.email });
  await lastLink(t);
  await t.mutation(internal.email.forgetCodes, {});
  const codes = () => t.run((ctx) => ctx.db.query("emailCodes").take(5));
  expect((await codes()).map(({ purpose }) => purpose)).toEqual(["reset"]);
  await as.mutation(api.account.erase, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await codes()).toEqual([]);
});
