import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { checkedFileName, faultOf } from "../model/attachments";
import { blank } from "../model/messages";
import type { Backend, Somebody } from "./backend.setup";
import { read, say, talk } from "./talk.setup";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A file as it lies in storage after an upload, with the type that its upload declared. */
async function upload(t: Backend, contentType = "image/png", content = "picture") {
  return await t.run(async (ctx) => {
    const id = await ctx.storage.store(new Blob([content]));
    const metadata = ctx.db as unknown as { patch(id: string, fields: object): Promise<void> };
    await metadata.patch(id, { contentType });
    return id;
  });
}

function send(
  who: Somebody,
  conversationId: Id<"conversations">,
  storageId: Id<"_storage">,
  clientId = "c1",
) {
  return who.as.mutation(api.attachments.send, {
    conversationId,
    clientId,
    storageId,
    name: "cat.png",
  });
}

function isStored(t: Backend, storageId: Id<"_storage">) {
  return t.run(async (ctx) => (await ctx.db.system.get(storageId)) !== null);
}

function seen(who: Somebody, conversationId: Id<"conversations">, newest = 60) {
  return who.as.query(api.attachments.list, { conversationId, newest });
}

describe("a file", () => {
  test("is sent as a message with what storage knows of it", async () => {
    const { t, ann, bob, conversationId } = await talk();
    expect(await send(ann, conversationId, await upload(t))).toEqual({ refused: null });
    const [message] = (await read(bob, conversationId)).page;
    expect(await seen(bob, conversationId)).toEqual([
      {
        messageId: message?.id,
        url: expect.any(String),
        type: "image/png",
        bytes: 7,
        name: "cat.png",
      },
    ]);
    expect((await bob.as.query(api.chat.get, { conversationId }))?.preview).toBe("cat.png");
  });

  test("is sent once, also if the phone sends it again", async () => {
    const { t, ann, conversationId } = await talk();
    const storageId = await upload(t);
    for (let n = 0; n < 2; n++) await send(ann, conversationId, storageId);
    expect((await read(ann, conversationId)).page).toHaveLength(1);
    await expect(send(ann, conversationId, storageId, "c2")).rejects.toThrow("no such file");
  });

  test("of a type that is not taken is deleted, and the sender learns why", async () => {
    const { t, ann, conversationId } = await talk();
    for (const type of ["text/html", "image/svg+xml", "application/x-msdownload"]) {
      const storageId = await upload(t, type);
      expect(await send(ann, conversationId, storageId)).toEqual({
        refused: expect.stringContaining("type"),
      });
      expect(await isStored(t, storageId)).toBe(false);
    }
    expect((await read(ann, conversationId)).page).toEqual([]);
  });

  test("is bounded in size, and not empty", async () => {
    expect(faultOf("image/png", 20 * 1024 * 1024)).toBeNull();
    expect(faultOf("image/png", 20 * 1024 * 1024 + 1)).toContain("20 MB");
    expect(faultOf("image/png", 0)).toContain("empty");
    expect(faultOf(undefined, 1)).toContain("type");
  });

  test("has a name that leads nowhere", () => {
    expect(checkedFileName("../../etc/pass\u0000wd")).toBe("passwd");
    expect(checkedFileName("photo\u202egnp.exe")).toBe("photognp.exe");
    expect(checkedFileName("  ")).toBe("file");
    expect(checkedFileName("x".repeat(500))).toHaveLength(120);
  });

  test("is read for the newest messages only", async () => {
    const { t, ann, conversationId } = await talk();
    await send(ann, conversationId, await upload(t));
    await say(ann, conversationId, "Nice?");
    expect(await seen(ann, conversationId, 1)).toEqual([]);
    expect(await seen(ann, conversationId, 2)).toHaveLength(1);
  });
});

describe("a stranger, and nobody signed in", () => {
  test("neither uploads, sends nor sees", async () => {
    const { t, ann, eve, conversationId } = await talk();
    await send(ann, conversationId, await upload(t));
    const storageId = await upload(t);
    const attempts: [typeof eve.as | typeof t, string][] = [
      [eve.as, "no such conversation"],
      [t, "sign in"],
    ];
    for (const [who, sentence] of attempts) {
      const calls = [
        who.mutation(api.attachments.uploadUrl, { conversationId }),
        who.mutation(api.attachments.send, { conversationId, clientId: "c", storageId, name: "x" }),
        who.query(api.attachments.list, { conversationId, newest: 60 }),
      ];
      for (const call of calls) await expect(call).rejects.toThrow(sentence);
    }
  });

  test("does not send, or have deleted, the file of another", async () => {
    const { t, ann, eve, conversationId } = await talk();
    const storageId = await upload(t);
    await send(ann, conversationId, storageId);
    const own = await eve.as.mutation(api.chat.openDirect, { personId: ann.id });
    await expect(send(eve, own, storageId)).rejects.toThrow("no such file");
    expect(await isStored(t, storageId)).toBe(true);
  });

  test("uploads without bound no more than anybody", async () => {
    const { ann, conversationId } = await talk();
    const ask = () => ann.as.mutation(api.attachments.uploadUrl, { conversationId });
    for (let n = 0; n < 20; n++) await ask();
    await expect(ask()).rejects.toThrow("too often");
  });
});

describe("a file goes", () => {
  test("with the content of its message", async () => {
    const { t, ann, conversationId } = await talk();
    const storageId = await upload(t);
    await send(ann, conversationId, storageId);
    await t.run(async (ctx) => {
      const message = await ctx.db.query("messages").first();
      if (message !== null) await blank(ctx, message);
    });
    expect([await isStored(t, storageId), await seen(ann, conversationId)]).toEqual([false, []]);
  });

  test("with the account of the one who sent it", async () => {
    const { t, ann, conversationId } = await talk();
    const storageId = await upload(t);
    await send(ann, conversationId, storageId);
    await ann.as.mutation(api.account.erase, {});
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await isStored(t, storageId)).toBe(false);
  });

  test("a day after an upload that was never sent; what was sent stays", async () => {
    const { t, ann, conversationId } = await talk();
    const [sent, unsent] = [await upload(t), await upload(t)];
    await send(ann, conversationId, sent);
    await t.mutation(internal.attachments.sweep, {});
    expect(await isStored(t, unsent)).toBe(true);
    vi.advanceTimersByTime(25 * 60 * 60 * 1000);
    const fresh = await upload(t);
    await t.mutation(internal.attachments.sweep, {});
    const stored = await Promise.all([sent, unsent, fresh].map((id) => isStored(t, id)));
    expect(stored).toEqual([true, false, true]);
  });

  test("into the export of the one who sent it", async () => {
    const { t, ann, bob, conversationId } = await talk();
    await send(ann, conversationId, await upload(t));
    const page = (who: Somebody) =>
      who.as.query(api.account.exportPage, { section: "attachments", cursor: null });
    expect((await page(ann)).items).toMatchObject([
      { name: "cat.png", type: "image/png", bytes: 7 },
    ]);
    expect((await page(bob)).items).toEqual([]);
  });
});
