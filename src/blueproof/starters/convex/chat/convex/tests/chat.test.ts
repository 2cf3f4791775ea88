import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import { firstPage } from "./backend.setup";
import { read, say, talk, texts } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a direct conversation", () => {
  test("is one for a pair, whoever opens it and however often", async () => {
    const { ann, bob, conversationId } = await talk();
    const again = await Promise.all([
      bob.as.mutation(api.chat.openDirect, { personId: ann.id }),
      ann.as.mutation(api.chat.openDirect, { personId: bob.id }),
    ]);
    expect(again).toEqual([conversationId, conversationId]);
  });

  test("cannot be had with oneself or with somebody who is gone", async () => {
    const { t, ann, bob, eve } = await talk();
    const withSelf = ann.as.mutation(api.chat.openDirect, { personId: ann.id });
    await expect(withSelf).rejects.toThrow("cannot be reached");
    await t.run((ctx) => ctx.db.patch(eve.id, { erasing: true }));
    const withEve = bob.as.mutation(api.chat.openDirect, { personId: eve.id });
    await expect(withEve).rejects.toThrow("cannot be reached");
  });

  test("is not opened without bound", async () => {
    const { t, eve } = await talk();
    const many = await t.run(async (ctx) => {
      const made = [];
      for (let n = 0; n < 21; n++)
        made.push(await ctx.db.insert("users", { name: `${n}`, anonymous: false }));
      return made;
    });
    const last = many.pop()!;
    for (const personId of many) await eve.as.mutation(api.chat.openDirect, { personId });
    await expect(eve.as.mutation(api.chat.openDirect, { personId: last })).rejects.toThrow(
      "too often",
    );
  });
});

describe("sending", () => {
  test("keeps the server's order and shows the author", async () => {
    const { ann, bob, conversationId } = await talk();
    await say(ann, conversationId, "Hello");
    await say(bob, conversationId, "  Hi  ");
    const { page } = await read(ann, conversationId);
    expect(page.map(({ author, text }) => [author.name, text])).toEqual([
      ["Bob", "Hi"],
      ["Ann", "Hello"],
    ]);
  });

  test("the same clientId twice gives one message", async () => {
    const { ann, bob, conversationId } = await talk();
    const draft = { conversationId, clientId: "c1", text: "Hello" };
    const first = await ann.as.mutation(api.chat.send, draft);
    expect(await ann.as.mutation(api.chat.send, draft)).toBe(first);
    await bob.as.mutation(api.chat.send, draft);
    expect(await texts(ann, conversationId)).toEqual(["Hello", "Hello"]);
  });

  test("a clientId does not bring a message of another conversation", async () => {
    const { ann, eve, conversationId } = await talk();
    await ann.as.mutation(api.chat.send, { conversationId, clientId: "c1", text: "Hello" });
    const other = await ann.as.mutation(api.chat.openDirect, { personId: eve.id });
    const sent = ann.as.mutation(api.chat.send, {
      conversationId: other,
      clientId: "c1",
      text: "Hello",
    });
    await expect(sent).rejects.toThrow("another conversation");
  });

  test("is bounded in length and rate", async () => {
    const { ann, conversationId } = await talk();
    await expect(say(ann, conversationId, " \n ")).rejects.toThrow("write something");
    await expect(say(ann, conversationId, "x".repeat(4001))).rejects.toThrow("4000");
    const draft = { conversationId, clientId: "x".repeat(65), text: "Hello" };
    await expect(ann.as.mutation(api.chat.send, draft)).rejects.toThrow("no valid mark");
    for (let n = 0; n < 20; n++) await say(ann, conversationId, `${n}`);
    await expect(say(ann, conversationId, "more")).rejects.toThrow("too often");
  });

  test("reaches nobody whose account is gone", async () => {
    const { t, ann, bob, conversationId } = await talk();
    await bob.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    await expect(say(ann, conversationId, "Bob?")).rejects.toThrow("cannot be reached");
  });
});

describe("paging", () => {
  test("goes by cursor: what comes meanwhile neither repeats nor hides a message", async () => {
    const { ann, bob, conversationId } = await talk();
    for (let n = 1; n <= 5; n++) await say(ann, conversationId, `${n}`);
    const first = await ann.as.query(api.chat.list, {
      conversationId,
      paginationOpts: { numItems: 2, cursor: null },
    });
    await say(bob, conversationId, "6");
    const paginationOpts = { numItems: 10, cursor: first.continueCursor };
    const second = await ann.as.query(api.chat.list, { conversationId, paginationOpts });
    expect([...first.page, ...second.page].map(({ text }) => text)).toEqual([
      "5",
      "4",
      "3",
      "2",
      "1",
    ]);
  });
});

describe("the inbox", () => {
  test("has the latest conversation first, with its last message", async () => {
    const { ann, bob, eve, conversationId } = await talk();
    const withEve = await ann.as.mutation(api.chat.openDirect, { personId: eve.id });
    await say(eve, withEve, "From Eve");
    vi.advanceTimersByTime(1000);
    await say(bob, conversationId, "From Bob");
    const { page } = await ann.as.query(api.chat.inbox, { paginationOpts: firstPage });
    const expected = [
      ["Bob", "From Bob"],
      ["Eve", "From Eve"],
    ];
    expect(page.map(({ title, preview }) => [title, preview])).toEqual(expected);
  });

  test("counts what is unread the same on each device, and never back", async () => {
    const { ann, bob, conversationId } = await talk();
    const first = await say(bob, conversationId, "1");
    const second = await say(bob, conversationId, "2");
    const unread = async () => (await ann.as.query(api.chat.get, { conversationId }))?.unread;
    expect(await unread()).toBe(2);
    await ann.as.mutation(api.chat.markRead, { conversationId, messageId: second });
    await ann.as.mutation(api.chat.markRead, { conversationId, messageId: first });
    expect(await unread()).toBe(0);
    await say(bob, conversationId, "3");
    expect(await unread()).toBe(1);
    await say(ann, conversationId, "4");
    expect(await unread()).toBe(0);
  });

  test("cuts a long preview between characters", async () => {
    const { ann, conversationId } = await talk();
    await say(ann, conversationId, "👍".repeat(200));
    const seen = await ann.as.query(api.chat.get, { conversationId });
    expect(seen?.preview).toBe("👍".repeat(100));
  });

  test("is muted for the one who asked", async () => {
    const { ann, bob, conversationId } = await talk();
    await ann.as.mutation(api.chat.mute, { conversationId, muted: true });
    expect((await ann.as.query(api.chat.get, { conversationId }))?.muted).toBe(true);
    expect((await bob.as.query(api.chat.get, { conversationId }))?.muted).toBe(false);
  });
});

describe("finding a person", () => {
  test("needs the whole address, proven to be theirs", async () => {
    const { t, ann, bob } = await talk();
    const find = (email: string) => ann.as.mutation(api.chat.findPerson, { email });
    expect(await find(" Bob@Example.com ")).toEqual({ id: bob.id, name: "Bob", photo: null });
    expect(await find("bob@")).toBeNull();
    await t.run((ctx) => ctx.db.patch(bob.id, { emailVerificationTime: undefined }));
    expect(await find("bob@example.com")).toBeNull();
  });

  test("is counted, so nobody walks through addresses", async () => {
    const { eve } = await talk();
    const find = (n: number) => eve.as.mutation(api.chat.findPerson, { email: `${n}@example.com` });
    for (let n = 0; n < 10; n++) await find(n);
    await expect(find(10)).rejects.toThrow("too often");
  });
});

describe("erasing an account", () => {
  test("takes what was written, in the list and in the inbox, and the memberships", async () => {
    const { t, ann, bob, conversationId } = await talk();
    await t.run(async (ctx) => {
      for (let seq = 1; seq <= 120; seq++) {
        const message = {
          conversationId,
          authorId: ann.id,
          clientId: `${seq}`,
          seq,
          text: "secret",
        };
        await ctx.db.insert("messages", { ...message, edited: false, deleted: false });
      }
      await ctx.db.patch(conversationId, { seq: 120, preview: "secret" });
    });
    await say(bob, conversationId, "mine");
    await ann.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run(async (ctx) => ({
      messages: await ctx.db.query("messages").take(200),
      members: await ctx.db.query("members").take(10),
      inboxes: await ctx.db.query("inboxes").take(10),
    }));
    expect(JSON.stringify(left)).not.toContain("secret");
    expect([left.members.length, left.inboxes.length]).toEqual([1, 1]);
    const { page } = await read(bob, conversationId);
    expect(page[0]).toMatchObject({ text: "mine", author: { name: "Bob" } });
    expect(page[1]).toMatchObject({ text: "", deleted: true, author: { name: "Deleted account" } });
    expect((await bob.as.query(api.chat.get, { conversationId }))?.title).toBe("Deleted account");
  });

  test("takes the preview of a last message", async () => {
    const { t, ann, bob, conversationId } = await talk();
    await say(ann, conversationId, "secret");
    await ann.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect((await bob.as.query(api.chat.get, { conversationId }))?.preview).toBe("");
  });

  test("of both clears the conversation", async () => {
    const { t, ann, bob, conversationId } = await talk();
    for (let n = 0; n < 60; n++) {
      vi.advanceTimersByTime(60_000);
      await say(n % 2 ? ann : bob, conversationId, `${n}`);
    }
    await ann.as.mutation(api.account.erase, {});
    await bob.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run(async (ctx) => [
      await ctx.db.get(conversationId),
      await ctx.db.query("messages").first(),
    ]);
    expect(left).toEqual([null, null]);
  });

  test("is preceded by an export of one's own messages only", async () => {
    const { ann, bob, conversationId } = await talk();
    await say(ann, conversationId, "mine");
    await say(bob, conversationId, "his");
    const page = await ann.as.query(api.account.exportPage, { section: "messages", cursor: null });
    expect(page.items.map(({ text }) => text)).toEqual(["mine"]);
  });
});
