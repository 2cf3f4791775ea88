import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { blank } from "../model/messages";
import type { Somebody } from "./backend.setup";
import { say, talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function react(who: Somebody, messageId: Id<"messages">, emoji = "👍") {
  return who.as.mutation(api.reactions.react, { messageId, emoji });
}

function seen(who: Somebody, conversationId: Id<"conversations">, newest = 60) {
  return who.as.query(api.reactions.list, { conversationId, newest });
}

describe("a reaction", () => {
  test("is counted, known as one's own, and taken back by the same emoji", async () => {
    const { ann, bob, conversationId } = await talk();
    const id = await say(ann, conversationId, "Hello");
    await react(ann, id);
    await react(bob, id);
    await react(bob, id, "❤️");
    expect((await seen(ann, conversationId))[id]).toEqual(
      expect.arrayContaining([
        { emoji: "👍", count: 2, mine: true },
        { emoji: "❤️", count: 1, mine: false },
      ]),
    );
    await react(bob, id);
    await react(ann, id);
    expect((await seen(ann, conversationId))[id]).toEqual([{ emoji: "❤️", count: 1, mine: false }]);
  });

  test("is an emoji and nothing else", async () => {
    const { ann, conversationId } = await talk();
    const id = await say(ann, conversationId, "Hello");
    for (const emoji of ["👨‍👩‍👧‍👦", "🇫🇷", "👍🏽", "1️⃣"]) await react(ann, id, emoji);
    for (const emoji of ["", "hi", "1", "👍 x", "<b>👍", "👍".repeat(40)]) {
      await expect(react(ann, id, emoji), emoji).rejects.toThrow("choose an emoji");
    }
  });

  test("is bounded for a person, for a message and in rate", async () => {
    const { t, ann, bob, conversationId } = await talk();
    const id = await say(ann, conversationId, "Hello");
    const faces = Array.from({ length: 21 }, (_, n) => String.fromCodePoint(0x1f600 + n));
    for (const emoji of faces.slice(0, 5)) await react(ann, id, emoji);
    await expect(react(ann, id, faces[5])).rejects.toThrow("5 ways");
    await t.run(async (ctx) => {
      for (const emoji of faces.slice(5, 20)) {
        await ctx.db.insert("reactionCounts", {
          messageId: id,
          conversationId,
          seq: 1,
          emoji,
          count: 1,
        });
      }
    });
    await expect(react(bob, id, faces[20])).rejects.toThrow("all kinds");
    for (let n = 0; n < 30; n++) await react(bob, id, faces[0]);
    await expect(react(bob, id, faces[0])).rejects.toThrow("too often");
  });

  test("is read for the newest messages only", async () => {
    const { ann, conversationId } = await talk();
    const old = await say(ann, conversationId, "1");
    const last = await say(ann, conversationId, "2");
    for (const id of [old, last]) await react(ann, id);
    expect(Object.keys(await seen(ann, conversationId, 1))).toEqual([last]);
  });
});

describe("a stranger, and nobody signed in", () => {
  test("neither reacts nor sees reactions", async () => {
    const { t, ann, eve, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "Hello");
    await react(ann, messageId);
    await expect(react(eve, messageId)).rejects.toThrow("no such message");
    await expect(seen(eve, conversationId)).rejects.toThrow("no such conversation");
    await expect(t.mutation(api.reactions.react, { messageId, emoji: "👍" })).rejects.toThrow(
      "sign in",
    );
    await expect(t.query(api.reactions.list, { conversationId, newest: 1 })).rejects.toThrow(
      "sign in",
    );
  });
});

describe("reactions go", () => {
  test("with the content of their message", async () => {
    const { t, ann, bob, conversationId } = await talk();
    const id = await say(ann, conversationId, "Hello");
    await react(bob, id);
    await t.run(async (ctx) => {
      const message = await ctx.db.get(id);
      if (message !== null) await blank(ctx, message);
    });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await seen(ann, conversationId)).toEqual({});
    expect(await t.run((ctx) => ctx.db.query("reactions").first())).toBeNull();
    await expect(react(bob, id)).rejects.toThrow("deleted");
  });

  test("with the account of who reacted", async () => {
    const { t, ann, bob, conversationId } = await talk();
    const id = await say(ann, conversationId, "Hello");
    for (const who of [ann, bob]) await react(who, id);
    await bob.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect((await seen(ann, conversationId))[id]).toEqual([{ emoji: "👍", count: 1, mine: true }]);
  });

  test("into the export of who reacted", async () => {
    const { ann, bob, conversationId } = await talk();
    const id = await say(ann, conversationId, "Hello");
    await react(bob, id);
    const page = await bob.as.query(api.account.exportPage, { section: "reactions", cursor: null });
    expect(page.items).toEqual([{ message: id, emoji: "👍" }]);
  });
});
