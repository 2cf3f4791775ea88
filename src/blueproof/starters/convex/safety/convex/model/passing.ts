import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { isShown } from "../hooks";
import { inboxOf } from "./members";

/** So many at once; what is left of a longer row is passed over by runs that follow. */
const AT_ONCE = 50;
const BLOCKERS_AT_ONCE = 50;

/**
 * Counts as read what somebody is never shown: it would stay unread for good, as they read up to
 * the last message that they see.
 *
 * Always kept true: the first message that counts as unread is one that its reader sees. It could
 * cease to be so when they read, when they block somebody, and when somebody blocked writes.
 */
export async function passOver(
  ctx: MutationCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<void> {
  const conversation = await ctx.db.get(conversationId);
  const inbox = await inboxOf(ctx, conversationId, userId);
  if (inbox === null || conversation === null || conversation.pair !== undefined) return;
  const readSeq = await lastHidden(ctx, inbox);
  if (readSeq === inbox.readSeq) return;
  await ctx.db.patch(inbox._id, { readSeq });
  if (readSeq < inbox.readSeq + AT_ONCE) return;
  await ctx.scheduler.runAfter(0, internal.passing.goOn, { conversationId, userId });
}

/** The end of the row of hidden messages that follows what was read. */
async function lastHidden(ctx: MutationCtx, inbox: Doc<"inboxes">): Promise<number> {
  const { conversationId, userId, readSeq } = inbox;
  let last = readSeq;
  while (last < readSeq + AT_ONCE) {
    const next = await ctx.db
      .query("messages")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId).gt("seq", last))
      .first();
    if (next === null || (await isShown(ctx, userId, next.authorId))) return last;
    last = next.seq;
  }
  return last;
}

/** Those who have blocked an author and had read everything before have still read everything. */
export async function passOverSent(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  const { conversationId, authorId } = message;
  const blocks = await ctx.db
    .query("blocks")
    .withIndex("by_blocked", (q) => q.eq("blockedId", authorId))
    .take(BLOCKERS_AT_ONCE);
  if (blocks.length === BLOCKERS_AT_ONCE) {
    const sent = { conversationId, authorId, cursor: null };
    await ctx.scheduler.runAfter(0, internal.passing.forBlockers, sent);
    return;
  }
  for (const { userId } of blocks) await passOver(ctx, conversationId, userId);
}

export async function passOverFollowing(
  ctx: MutationCtx,
  message: Doc<"messages">,
  reader: Id<"users">,
): Promise<void> {
  await passOver(ctx, message.conversationId, reader);
}

export async function passOverBlocked(
  ctx: MutationCtx,
  userId: Id<"users">,
  blockedId: Id<"users">,
): Promise<void> {
  const blocked = { userId, blockedId, cursor: null };
  await ctx.scheduler.runAfter(0, internal.passing.inGroups, blocked);
}
