import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { LARGEST } from "../settings";
import { arrive, backend, firstPage, type Backend, type Somebody } from "./backend.setup";
import { say, talk, texts } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function group() {
  const { t, ann, bob, eve } = await talk();
  const dan = await arrive(t, "Dan");
  const given = { title: " Our \n group ", people: [bob.id, dan.id, bob.id, ann.id] };
  const id = await ann.as.mutation(api.groups.create, given);
  return { t, ann, bob, dan, eve, id };
}

function seen(who: Somebody, conversationId: Id<"conversations">) {
  return who.as.query(api.chat.get, { conversationId });
}

async function people(
  who: Somebody,
  conversationId: Id<"conversations">,
): Promise<string[] | undefined> {
  return (await who.as.query(api.chat.people, { conversationId }))?.map(({ name }) => name);
}

async function many(t: Backend, count: number): Promise<Id<"users">[]> {
  return await t.run(async (ctx) => {
    const made: Id<"users">[] = [];
    for (let n = 0; n < count; n++)
      made.push(await ctx.db.insert("users", { name: `${n}`, anonymous: false }));
    return made;
  });
}

describe("a group", () => {
  test("has each of its people once, and its name", async () => {
    const { ann, id } = await group();
    expect(await seen(ann, id)).toMatchObject({ title: "Our group", group: true });
    expect((await people(ann, id))?.sort()).toEqual(["Ann", "Bob", "Dan"]);
  });

  test("is bounded in size, name and rate", async () => {
    const { t, ann } = await group();
    const others = await many(t, LARGEST);
    const create = (title: string, ids: Id<"users">[]) =>
      ann.as.mutation(api.groups.create, { title, people: ids });
    await expect(create("All", others)).rejects.toThrow(`${LARGEST}`);
    await expect(create(" ", [])).rejects.toThrow("a name");
    await expect(create("x".repeat(81), [])).rejects.toThrow("80");
    const full = await create("Full", others.slice(1));
    const more = ann.as.mutation(api.groups.add, { conversationId: full, personId: others[0]! });
    await expect(more).rejects.toThrow(`${LARGEST}`);
    for (let n = 0; n < 3; n++) await create("Another", []);
    await expect(create("One too many", [])).rejects.toThrow("too often");
  });

  test("takes nobody who is gone", async () => {
    const { t, ann, eve } = await group();
    await t.run((ctx) => ctx.db.patch(eve.id, { erasing: true }));
    const created = ann.as.mutation(api.groups.create, { title: "With Eve", people: [eve.id] });
    await expect(created).rejects.toThrow("cannot be reached");
  });
});

describe("who comes later", () => {
  test("sees what is said from then on, and has nothing unread", async () => {
    const { ann, eve, id } = await group();
    await say(ann, id, "Before Eve");
    await ann.as.mutation(api.groups.add, { conversationId: id, personId: eve.id });
    expect(await texts(eve, id)).toEqual([]);
    expect(await seen(eve, id)).toMatchObject({ unread: 0, preview: "" });
    await say(ann, id, "Welcome");
    expect(await texts(eve, id)).toEqual(["Welcome"]);
    expect(await seen(eve, id)).toMatchObject({ unread: 1, preview: "Welcome" });
  });

  test("does not reach what was said before by its id", async () => {
    const { ann, eve, id } = await group();
    const messageId = await say(ann, id, "Before Eve");
    await ann.as.mutation(api.groups.add, { conversationId: id, personId: eve.id });
    const marked = eve.as.mutation(api.chat.markRead, { conversationId: id, messageId });
    await expect(marked).rejects.toThrow("no such message");
  });

  test("is counted once, also if added twice", async () => {
    const { t, ann, eve, id } = await group();
    for (let n = 0; n < 2; n++)
      await ann.as.mutation(api.groups.add, { conversationId: id, personId: eve.id });
    expect((await t.run((ctx) => ctx.db.get(id)))?.size).toBe(4);
  });
});

describe("who may do what", () => {
  test("a member who does not manage the group adds and removes nobody", async () => {
    const { bob, dan, eve, id } = await group();
    const added = bob.as.mutation(api.groups.add, { conversationId: id, personId: eve.id });
    await expect(added).rejects.toThrow("Only who manages");
    const removed = bob.as.mutation(api.groups.remove, { conversationId: id, personId: dan.id });
    await expect(removed).rejects.toThrow("Only who manages");
  });

  test("a stranger does nothing and learns nothing", async () => {
    const { ann, eve, id } = await group();
    await say(ann, id, "secret");
    const calls = [
      eve.as.mutation(api.groups.add, { conversationId: id, personId: eve.id }),
      eve.as.mutation(api.groups.remove, { conversationId: id, personId: ann.id }),
      eve.as.mutation(api.groups.leave, { conversationId: id }),
      say(eve, id, "I was here"),
      texts(eve, id),
    ];
    for (const answer of await Promise.allSettled(calls)) {
      expect(answer).toMatchObject({
        status: "rejected",
        reason: { data: "There is no such conversation." },
      });
    }
    expect(await seen(eve, id)).toBeNull();
  });

  test("nobody signed in does nothing", async () => {
    const { t, ann, id } = await group();
    const calls = [
      t.mutation(api.groups.create, { title: "Mine", people: [] }),
      t.mutation(api.groups.add, { conversationId: id, personId: ann.id }),
      t.mutation(api.groups.remove, { conversationId: id, personId: ann.id }),
      t.mutation(api.groups.leave, { conversationId: id }),
    ];
    for (const answer of await Promise.allSettled(calls)) {
      expect(answer).toMatchObject({
        status: "rejected",
        reason: { data: "Please sign in first." },
      });
    }
  });

  test("a direct conversation is not turned into a group", async () => {
    const { ann, bob, eve, conversationId } = await talk();
    for (const call of [
      ann.as.mutation(api.groups.add, { conversationId, personId: eve.id }),
      ann.as.mutation(api.groups.remove, { conversationId, personId: bob.id }),
      ann.as.mutation(api.groups.leave, { conversationId }),
    ]) {
      await expect(call).rejects.toThrow("not a group");
    }
  });
});

describe("who left", () => {
  test("or was removed, reads and writes no more", async () => {
    const { ann, bob, dan, id } = await group();
    await bob.as.mutation(api.groups.leave, { conversationId: id });
    await ann.as.mutation(api.groups.remove, { conversationId: id, personId: dan.id });
    for (const who of [bob, dan]) {
      await expect(texts(who, id)).rejects.toThrow("no such conversation");
      await expect(say(who, id, "Still here?")).rejects.toThrow("no such conversation");
    }
    expect(await people(ann, id)).toEqual(["Ann"]);
  });

  test("as the one who managed it, leaves it to its oldest member", async () => {
    const { ann, bob, dan, eve, id } = await group();
    await ann.as.mutation(api.groups.leave, { conversationId: id });
    await bob.as.mutation(api.groups.add, { conversationId: id, personId: eve.id });
    const added = dan.as.mutation(api.groups.remove, { conversationId: id, personId: eve.id });
    await expect(added).rejects.toThrow("Only who manages");
  });

  test("as the last one, takes the group along", async () => {
    const { t, ann, bob, dan, id } = await group();
    await say(ann, id, "secret");
    for (const who of [bob, dan, ann])
      await who.as.mutation(api.groups.leave, { conversationId: id });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run(async (ctx) => [
      await ctx.db.get(id),
      await ctx.db.query("messages").first(),
    ]);
    expect(left).toEqual([null, null]);
  });

  test("by erasing the account, is counted out", async () => {
    const { t, ann, id } = await group();
    await ann.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect((await t.run((ctx) => ctx.db.get(id)))?.size).toBe(2);
  });
});

describe("the inboxes of a group", () => {
  async function order(who: Somebody): Promise<string[]> {
    const { page } = await who.as.query(api.chat.inbox, { paginationOpts: firstPage });
    return page.map(({ title }) => title);
  }

  test("move up with a message", async () => {
    const { ann, bob, id } = await group();
    const direct = await ann.as.mutation(api.chat.openDirect, { personId: bob.id });
    vi.advanceTimersByTime(1000);
    await say(ann, direct, "Hello");
    vi.advanceTimersByTime(1000);
    await say(ann, id, "All of you");
    expect(await order(bob)).toEqual(["Our group", "Ann"]);
  });

  test.runIf(LARGEST > 100)(
    "of a large one move up once for the messages of a second",
    async () => {
      const { t, ann, bob } = await group();
      const others = [bob.id, ...(await many(t, LARGEST - 2))];
      const id = await ann.as.mutation(api.groups.create, { title: "Large", people: others });
      const direct = await ann.as.mutation(api.chat.openDirect, { personId: bob.id });
      vi.advanceTimersByTime(1000);
      await say(ann, direct, "Hello");
      vi.advanceTimersByTime(1000);
      for (const text of ["1", "2", "3"]) await say(ann, id, text);
      expect(await seen(bob, id)).toMatchObject({ unread: 3, preview: "3" });
      const scheduled = await t.run((ctx) => ctx.db.system.query("_scheduled_functions").take(10));
      expect(scheduled.filter(({ name }) => name.includes("moveUp"))).toHaveLength(1);
      await t.finishAllScheduledFunctions(vi.runAllTimers);
      expect((await order(bob)).slice(0, 2)).toEqual(["Large", "Ann"]);
    },
  );
});

test("a large group is made and read within the limits of a transaction", async () => {
  const t = backend();
  const ann = await arrive(t, "Ann");
  const others = await many(t, LARGEST - 1);
  const id = await ann.as.mutation(api.groups.create, { title: "Full", people: others });
  expect(await people(ann, id)).toHaveLength(LARGEST);
});
