import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import type { Backend } from "./backend.setup";
import { say, talk, texts } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());

afterEach(() => {
  delete process.env.MODERATION_URL;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function reports(t: Backend) {
  return t.run((ctx) => ctx.db.query("reports").take(10));
}

describe("a block", () => {
  test("ends writing, both ways, until it is lifted", async () => {
    const { ann, bob, conversationId } = await talk();
    await ann.as.mutation(api.safety.block, { personId: bob.id });
    for (const who of [ann, bob]) {
      await expect(say(who, conversationId, "Hello")).rejects.toThrow("cannot be reached");
    }
    await ann.as.mutation(api.safety.unblock, { personId: bob.id });
    await say(bob, conversationId, "Hello");
    expect(await texts(ann, conversationId)).toEqual(["Hello"]);
  });

  test("hides the one who blocks: no search, no new conversation", async () => {
    const { ann, eve } = await talk();
    await ann.as.mutation(api.safety.block, { personId: eve.id });
    expect(await eve.as.mutation(api.chat.findPerson, { email: "ann@example.com" })).toBeNull();
    const opened = eve.as.mutation(api.chat.openDirect, { personId: ann.id });
    await expect(opened).rejects.toThrow("cannot be reached");
  });

  test("is lifted by nobody but the one who made it, and seen by nobody else", async () => {
    const { ann, bob, conversationId } = await talk();
    await ann.as.mutation(api.safety.block, { personId: bob.id });
    await bob.as.mutation(api.safety.unblock, { personId: ann.id });
    await bob.as.mutation(api.safety.unblock, { personId: bob.id });
    await expect(say(bob, conversationId, "Hello")).rejects.toThrow("cannot be reached");
    expect(await bob.as.query(api.safety.blocked, {})).toEqual([]);
    expect(await ann.as.query(api.safety.blocked, {})).toEqual([
      { id: bob.id, name: "Bob", photo: null },
    ]);
  });

  test("is not of oneself, is there once, and is bounded in rate", async () => {
    const { t, ann, bob } = await talk();
    await expect(ann.as.mutation(api.safety.block, { personId: ann.id })).rejects.toThrow(
      "yourself",
    );
    for (let n = 0; n < 2; n++) await ann.as.mutation(api.safety.block, { personId: bob.id });
    expect(await ann.as.query(api.safety.blocked, {})).toHaveLength(1);
    for (let n = 0; n < 29; n++) {
      const personId = await t.run((ctx) =>
        ctx.db.insert("users", { name: `${n}`, anonymous: false }),
      );
      await ann.as.mutation(api.safety.block, { personId });
    }
    const personId = await t.run((ctx) => ctx.db.insert("users", { name: "31", anonymous: false }));
    await expect(ann.as.mutation(api.safety.block, { personId })).rejects.toThrow("too often");
  });
});

describe("a report", () => {
  test("keeps what was said, once for each who reports", async () => {
    const { t, ann, bob, conversationId } = await talk();
    const messageId = await say(bob, conversationId, "Buy this");
    for (let n = 0; n < 2; n++)
      await ann.as.mutation(api.safety.report, { messageId, reason: " Spam " });
    expect(await reports(t)).toMatchObject([
      {
        messageId,
        reporterId: ann.id,
        authorId: bob.id,
        text: "Buy this",
        reason: "Spam",
        open: true,
      },
    ]);
  });

  test("is made by a member about another's message", async () => {
    const { t, ann, bob, eve, conversationId } = await talk();
    const messageId = await say(bob, conversationId, "Hello");
    const report = { messageId, reason: "Spam" };
    await expect(eve.as.mutation(api.safety.report, report)).rejects.toThrow("no such message");
    await expect(bob.as.mutation(api.safety.report, report)).rejects.toThrow("your own");
    const long = { messageId, reason: "x".repeat(501) };
    await expect(ann.as.mutation(api.safety.report, long)).rejects.toThrow("500");
    expect(await reports(t)).toEqual([]);
  });
});

describe("the moderation service", () => {
  function service(answers: (boolean | number)[]): void {
    process.env.MODERATION_URL = "https://moderation.example";
    vi.stubGlobal("fetch", async () => {
      const answer = answers.shift() ?? false;
      if (typeof answer === "number") return new Response(null, { status: answer });
      return Response.json({ flagged: answer });
    });
  }

  test("has what it flags taken away and reported, also if it fails at first", async () => {
    const { t, ann, bob, conversationId } = await talk();
    service([500, true]);
    await say(bob, conversationId, "Something bad");
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await texts(ann, conversationId)).toEqual([""]);
    expect(await reports(t)).toMatchObject([{ text: "Something bad", reporterId: null }]);
  });

  test("leaves the rest alone, and nothing is asked where there is none", async () => {
    const { t, ann, bob, conversationId } = await talk();
    service([false]);
    await say(bob, conversationId, "Hello");
    delete process.env.MODERATION_URL;
    await say(bob, conversationId, "Hello again");
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await texts(ann, conversationId)).toEqual(["Hello again", "Hello"]);
  });
});

test("nobody signed in blocks, reports or sees anything", async () => {
  const { t, bob, ann, conversationId } = await talk();
  const messageId = await say(ann, conversationId, "Hello");
  const calls = [
    t.mutation(api.safety.block, { personId: bob.id }),
    t.mutation(api.safety.unblock, { personId: bob.id }),
    t.query(api.safety.blocked, {}),
    t.mutation(api.safety.report, { messageId, reason: "" }),
  ];
  for (const call of calls) await expect(call).rejects.toThrow("sign in");
});

test("an erased account leaves no block, no report of it, and no name under one", async () => {
  const { t, ann, bob, conversationId } = await talk();
  const [his, hers] = [
    await say(bob, conversationId, "Spam"),
    await say(ann, conversationId, "Rude"),
  ];
  await ann.as.mutation(api.safety.report, { messageId: his, reason: "Spam" });
  await bob.as.mutation(api.safety.report, { messageId: hers, reason: "Rude" });
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  await bob.as.mutation(api.account.erase, {});
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  expect(await reports(t)).toMatchObject([{ messageId: hers, reporterId: null }]);
  expect(await t.run((ctx) => ctx.db.query("blocks").first())).toBeNull();
});
