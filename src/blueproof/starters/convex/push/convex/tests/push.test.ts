import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { Backend, Somebody } from "./backend.setup";
import { Expo, tokenOf } from "./expo.setup";
import { say, talk } from "./talk.setup";

let expo: Expo;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  expo = new Expo().install();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function save(who: Somebody, name: string) {
  return who.as.mutation(api.push.save, { token: tokenOf(name), platform: "ios" });
}

function deliver(t: Backend): Promise<void> {
  return t.finishAllScheduledFunctions(vi.runAllTimers);
}

async function tokens(t: Backend): Promise<string[]> {
  return (await t.run((ctx) => ctx.db.query("pushTokens").take(20))).map(({ token }) => token);
}

async function phones() {
  const found = await talk();
  await save(found.ann, "ann");
  await save(found.bob, "bob");
  return found;
}

describe("a message rings", () => {
  test("the phones of the other one, with name and text, and no other", async () => {
    const { t, ann, bob, eve, conversationId } = await phones();
    await save(bob, "bob-tablet");
    await save(eve, "eve");
    await say(ann, conversationId, "Hello\nBob");
    await deliver(t);
    expect(expo.sent.map(({ to }) => to)).toEqual([tokenOf("bob"), tokenOf("bob-tablet")]);
    expect(expo.sent[0]).toMatchObject({
      title: "Ann",
      body: "Hello Bob",
      data: { conversationId },
    });
  });

  test("nowhere if it was not stored, or is gone before", async () => {
    const { t, ann, eve, conversationId } = await phones();
    await expect(say(eve, conversationId, "Hello")).rejects.toThrow();
    const messageId = await say(ann, conversationId, "Hello");
    await t.run((ctx) => ctx.db.patch(messageId, { deleted: true }));
    await deliver(t);
    expect(expo.sent).toEqual([]);
  });

  test("nowhere in a conversation that is muted", async () => {
    const { t, ann, bob, conversationId } = await phones();
    await bob.as.mutation(api.chat.mute, { conversationId, muted: true });
    await say(ann, conversationId, "Hello");
    await deliver(t);
    expect(expo.sent).toEqual([]);
  });

  test("nowhere while the conversation is on the screen, and no longer than that", async () => {
    const { t, ann, bob, eve, conversationId } = await phones();
    const withEve = await bob.as.mutation(api.chat.openDirect, { personId: eve.id });
    const open = (id: Id<"conversations"> | null) =>
      bob.as.mutation(api.push.tellOpen, { conversationId: id });
    const rings = async (text: string) => {
      await say(ann, conversationId, text);
      await deliver(t);
      return expo.sent.some(({ body }) => body === text);
    };
    await open(conversationId);
    expect(await rings("on the screen")).toBe(false);
    vi.advanceTimersByTime(91_000);
    expect(await rings("the app ended unasked")).toBe(true);
    await open(conversationId);
    await open(withEve);
    expect(await rings("another is on the screen")).toBe(true);
    await open(conversationId);
    await open(null);
    expect(await rings("none is on the screen")).toBe(true);
  });
});

describe("Expo", () => {
  test("is asked again when it is out, and a message is not sent twice", async () => {
    const { t, ann, conversationId } = await phones();
    expo.unreachableFor = 1;
    expo.outFor = 2;
    await say(ann, conversationId, "Hello");
    await deliver(t);
    expect(expo.sent).toHaveLength(1);
  });

  test("is not asked for ever", async () => {
    const { t, ann, conversationId } = await phones();
    expo.outFor = 100;
    await say(ann, conversationId, "Hello");
    await deliver(t);
    expect(100 - expo.outFor).toBe(5);
  });

  test("says at once that a phone is gone: it is forgotten", async () => {
    const { t, ann, conversationId } = await phones();
    expo.gone.add(tokenOf("bob"));
    await say(ann, conversationId, "Hello");
    await deliver(t);
    expect(await tokens(t)).toEqual([tokenOf("ann")]);
  });

  test("says later that a phone is gone: receipts are read after a quarter of an hour", async () => {
    const { t, ann, conversationId } = await phones();
    const ticket = `ticket of ${tokenOf("bob")}`;
    await say(ann, conversationId, "Hello");
    await deliver(t);
    await t.action(internal.pushReceipts.readAll, {});
    expect(expo.asked).toEqual([]);
    vi.advanceTimersByTime(15 * 60_000 + 1);
    await t.action(internal.pushReceipts.readAll, {});
    expect([expo.asked, await tokens(t)]).toEqual([[[ticket]], [tokenOf("ann"), tokenOf("bob")]]);
    expo.receipts = { [ticket]: { status: "error", details: { error: "DeviceNotRegistered" } } };
    await t.action(internal.pushReceipts.readAll, {});
    expect(await tokens(t)).toEqual([tokenOf("ann")]);
    expect(await t.run((ctx) => ctx.db.query("pushTickets").first())).toBeNull();
  });

  test("is one of many: another run goes on where the first one ended", async () => {
    const { t } = await phones();
    await t.run(async (ctx) => {
      for (let each = 0; each < 1501; each++) {
        await ctx.db.insert("pushTickets", { ticket: `${each}`, token: tokenOf("bob") });
      }
    });
    vi.advanceTimersByTime(25 * 60 * 60_000);
    await t.action(internal.pushReceipts.readAll, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await t.run((ctx) => ctx.db.query("pushTickets").first())).toBeNull();
  });

  test("has no receipt after a day: the ticket is dropped", async () => {
    const { t, ann, conversationId } = await phones();
    await say(ann, conversationId, "Hello");
    await deliver(t);
    vi.advanceTimersByTime(25 * 60 * 60_000);
    await t.action(internal.pushReceipts.readAll, {});
    expect(await t.run((ctx) => ctx.db.query("pushTickets").first())).toBeNull();
    expect(await tokens(t)).toHaveLength(2);
  });
});

describe("a token", () => {
  test("belongs to one person: a phone that changed hands rings for the new one only", async () => {
    const { t, ann, bob, eve, conversationId } = await phones();
    await save(eve, "bob");
    await say(ann, conversationId, "For Bob");
    await deliver(t);
    expect(expo.sent).toEqual([]);
    expect(await tokens(t)).toEqual([tokenOf("ann"), tokenOf("bob")]);
    await bob.as.mutation(api.push.forget, { token: tokenOf("bob") });
    expect(await tokens(t)).toContain(tokenOf("bob"));
  });

  test("is forgotten by its person only", async () => {
    const { t, bob, eve } = await phones();
    await eve.as.mutation(api.push.forget, { token: tokenOf("bob") });
    expect(await tokens(t)).toContain(tokenOf("bob"));
    await bob.as.mutation(api.push.forget, { token: tokenOf("bob") });
    expect(await tokens(t)).not.toContain(tokenOf("bob"));
  });

  test("is one of Expo's, kept once, and of ten phones at most", async () => {
    const { t, bob } = await phones();
    await expect(bob.as.mutation(api.push.save, { token: "abc", platform: "ios" })).rejects.toThrow(
      "no push token",
    );
    await save(bob, "bob");
    expect(await tokens(t)).toHaveLength(2);
    for (let n = 0; n < 12; n++) {
      vi.advanceTimersByTime(60_000);
      await save(bob, `phone-${n}`);
    }
    const his = await t.run((ctx) => ctx.db.query("pushTokens").take(30));
    expect(his.filter(({ userId }) => userId === bob.id)).toHaveLength(10);
    expect(his.map(({ token }) => token)).toContain(tokenOf("phone-11"));
  });

  test("is saved at a bounded rate", async () => {
    const { eve } = await phones();
    for (let n = 0; n < 10; n++) await save(eve, `${n}`);
    await expect(save(eve, "more")).rejects.toThrow("too often");
  });
});

test("a stranger, and nobody signed in, gets nowhere", async () => {
  const { t, eve, conversationId } = await phones();
  await expect(eve.as.mutation(api.push.tellOpen, { conversationId })).rejects.toThrow(
    "no such conversation",
  );
  const calls = [
    t.mutation(api.push.save, { token: tokenOf("x"), platform: "ios" }),
    t.mutation(api.push.forget, { token: tokenOf("bob") }),
    t.mutation(api.push.tellOpen, { conversationId: null }),
  ];
  for (const call of calls) await expect(call).rejects.toThrow("sign in");
});

test("an erased account rings nowhere and leaves no token", async () => {
  const { t, bob, conversationId } = await phones();
  await bob.as.mutation(api.push.tellOpen, { conversationId });
  await bob.as.mutation(api.account.erase, {});
  await deliver(t);
  expect(await tokens(t)).toEqual([tokenOf("ann")]);
  expect(await t.run((ctx) => ctx.db.query("openConversations").first())).toBeNull();
});
