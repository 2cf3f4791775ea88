import { describe, expect, test } from "vitest";

import { api } from "../_generated/api";
import { firstPage } from "./backend.setup";
import { say, talk, texts } from "./talk.setup";

describe("a stranger", () => {
  test("reads nothing", async () => {
    const { ann, eve, conversationId } = await talk();
    await say(ann, conversationId, "secret");
    const list = eve.as.query(api.chat.list, { conversationId, paginationOpts: firstPage });
    await expect(list).rejects.toThrow("no such conversation");
    expect(await eve.as.query(api.chat.get, { conversationId })).toBeNull();
    expect(await eve.as.query(api.chat.people, { conversationId })).toBeNull();
    expect((await eve.as.query(api.chat.inbox, { paginationOpts: firstPage })).page).toEqual([]);
  });

  test("who only looks is in nobody's inbox: something must be said first", async () => {
    const { ann, bob, conversationId } = await talk();
    const { as } = bob;
    const inbox = async () => (await as.query(api.chat.inbox, { paginationOpts: firstPage })).page;
    expect(await inbox()).toEqual([]);
    await say(ann, conversationId, "Hello");
    expect((await inbox()).map(({ id }) => id)).toEqual([conversationId]);
  });

  test("writes nothing", async () => {
    const { ann, eve, conversationId } = await talk();
    await expect(say(eve, conversationId, "I was here")).rejects.toThrow("no such conversation");
    expect(await texts(ann, conversationId)).toEqual([]);
  });

  test("moves nobody's reading position, and has none", async () => {
    const { ann, bob, eve, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "Hello");
    const moved = eve.as.mutation(api.chat.markRead, { conversationId, messageId });
    await expect(moved).rejects.toThrow("no such message");
    expect((await bob.as.query(api.chat.get, { conversationId }))?.unread).toBe(1);
  });

  test("mutes nothing", async () => {
    const { eve, conversationId } = await talk();
    const muted = eve.as.mutation(api.chat.mute, { conversationId, muted: true });
    await expect(muted).rejects.toThrow("no such conversation");
  });

  test("cannot tell a conversation that exists from one that does not", async () => {
    const { t, ann, eve, conversationId } = await talk();
    const gone = await ann.as.mutation(api.chat.openDirect, { personId: eve.id });
    await t.run(async (ctx) => {
      const members = ctx.db
        .query("members")
        .withIndex("by_conversation", (q) => q.eq("conversationId", gone));
      for (const member of await members.take(2)) await ctx.db.delete(member._id);
      await ctx.db.delete(gone);
    });
    const answers = await Promise.allSettled(
      [conversationId, gone].map((id) => say(eve, id, "Is there anybody?")),
    );
    const [real, unreal] = answers.map(
      (answer) => answer.status === "rejected" && answer.reason.message,
    );
    expect(real).toBe(unreal);
  });
});

describe("a member", () => {
  test("does not use a message of one conversation in another", async () => {
    const { ann, bob, eve, conversationId } = await talk();
    const withEve = await ann.as.mutation(api.chat.openDirect, { personId: eve.id });
    const elsewhere = await say(eve, withEve, "Hello");
    const own = ann.as.mutation(api.chat.markRead, { conversationId, messageId: elsewhere });
    await expect(own).rejects.toThrow("no such message");
    const foreign = bob.as.mutation(api.chat.markRead, { conversationId, messageId: elsewhere });
    await expect(foreign).rejects.toThrow("no such message");
  });

  test("cannot write in the name of another: there is nowhere to say it", async () => {
    const { ann, bob, conversationId } = await talk();
    const draft = { conversationId, clientId: "c1", text: "I owe you", authorId: bob.id };
    await expect(ann.as.mutation(api.chat.send, draft)).rejects.toThrow("authorId");
  });
});

describe("nobody signed in", () => {
  test("gets nothing out of any function", async () => {
    const { t, ann, bob, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "Hello");
    expect(await t.query(api.chat.get, { conversationId })).toBeNull();
    expect(await t.query(api.chat.people, { conversationId })).toBeNull();
    const calls = [
      t.query(api.chat.inbox, { paginationOpts: firstPage }),
      t.query(api.chat.list, { conversationId, paginationOpts: firstPage }),
      t.mutation(api.chat.send, { conversationId, clientId: "c1", text: "Hello" }),
      t.mutation(api.chat.markRead, { conversationId, messageId }),
      t.mutation(api.chat.mute, { conversationId, muted: true }),
      t.mutation(api.chat.openDirect, { personId: bob.id }),
      t.mutation(api.chat.findPerson, { email: "bob@example.com" }),
    ];
    for (const answer of await Promise.allSettled(calls)) {
      expect(answer).toMatchObject({
        status: "rejected",
        reason: { data: "Please sign in first." },
      });
    }
  });
});
