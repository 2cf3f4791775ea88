import { v } from "convex/values";

import { internal } from "./_generated/api";
import type { Doc } from "./_generated/dataModel";
import {
  internalMutation,
  mutation,
  query,
  type MutationCtx,
  type QueryCtx,
} from "./_generated/server";
import { checkedFileName, faultOf, isSent } from "./model/attachments";
import { me } from "./model/identity";
import { spend } from "./model/limits";
import { joined } from "./model/members";
import { post, sentBefore } from "./model/messages";
import { before, MOST_NEWEST } from "./model/newest";
import { refuse } from "./model/refusal";

const DAY = 24 * 60 * 60 * 1000;
const BATCH = 100;

const attachmentValidator = v.object({
  messageId: v.string(),
  url: v.string(),
  type: v.string(),
  bytes: v.number(),
  name: v.string(),
});

/** An address that takes one file within the hour, for members. */
export const uploadUrl = mutation({
  args: { conversationId: v.id("conversations") },
  returns: v.string(),
  handler: async (ctx, { conversationId }) => {
    const user = await me(ctx);
    await joined(ctx, conversationId, user._id);
    await spend(ctx, "upload", user._id);
    return await ctx.storage.generateUploadUrl();
  },
});

/**
 * Sends a file that was uploaded. Its type and size come from what storage recorded, never from
 * the caller. What may not be sent is deleted; the answer then says why, as an error would undo
 * the deletion.
 */
export const send = mutation({
  args: {
    conversationId: v.id("conversations"),
    clientId: v.string(),
    storageId: v.id("_storage"),
    name: v.string(),
  },
  returns: v.object({ refused: v.union(v.string(), v.null()) }),
  handler: async (ctx, { conversationId, clientId, storageId, name: given }) => {
    const user = await me(ctx);
    await joined(ctx, conversationId, user._id);
    if ((await sentBefore(ctx, user._id, clientId)) !== null) return { refused: null };
    const file = await ctx.db.system.get(storageId);
    if (file === null || (await isSent(ctx, storageId))) refuse("There is no such file.");
    const fault = faultOf(file.contentType, file.size);
    if (fault !== null) {
      await ctx.storage.delete(storageId);
      return { refused: fault };
    }
    const name = checkedFileName(given);
    const messageId = await post(ctx, user, { conversationId, clientId, text: "", preview: name });
    const message = await ctx.db.get(messageId);
    if (message === null) throw new Error("A message is there after it was posted.");
    const { contentType: type = "", size: bytes } = file;
    const { seq } = message;
    await ctx.db.insert("attachments", {
      messageId,
      conversationId,
      seq,
      storageId,
      type,
      bytes,
      name,
    });
    return { refused: null };
  },
});

/**
 * The files of the newest messages. Their addresses cannot be guessed, but who has one can pass it
 * on; they stop working when the file is deleted.
 */
export const list = query({
  args: { conversationId: v.id("conversations"), newest: v.number() },
  returns: v.array(attachmentValidator),
  handler: async (ctx, { conversationId, newest }) => {
    const user = await me(ctx);
    const from = before(await joined(ctx, conversationId, user._id), newest);
    const rows = await ctx.db
      .query("attachments")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId).gt("seq", from))
      .order("desc")
      .take(MOST_NEWEST);
    return (await Promise.all(rows.map((row) => shown(ctx, row)))).filter((each) => each !== null);
  },
});

async function shown(
  ctx: QueryCtx,
  { messageId, storageId, type, bytes, name }: Doc<"attachments">,
) {
  const url = await ctx.storage.getUrl(storageId);
  return url === null ? null : { messageId, url, type, bytes, name };
}

/**
 * Deletes files that were uploaded a day ago and never sent. Each file is looked at once: the
 * sweep remembers up to when it came, and goes on from there.
 */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const mark = await ctx.db.query("sweeps").first();
    const files = await ctx.db.system
      .query("_storage")
      .withIndex("by_creation_time", (q) =>
        q.gt("_creationTime", mark?.upTo ?? 0).lt("_creationTime", Date.now() - DAY),
      )
      .take(BATCH);
    for (const { _id } of files) if (!(await isSent(ctx, _id))) await ctx.storage.delete(_id);
    const upTo = files.at(-1)?._creationTime;
    if (upTo !== undefined) await keepMark(ctx, mark, upTo);
    if (files.length === BATCH) await ctx.scheduler.runAfter(0, internal.attachments.sweep, {});
    return null;
  },
});

async function keepMark(ctx: MutationCtx, mark: Doc<"sweeps"> | null, upTo: number): Promise<void> {
  if (mark === null) await ctx.db.insert("sweeps", { upTo });
  else await ctx.db.patch(mark._id, { upTo });
}
