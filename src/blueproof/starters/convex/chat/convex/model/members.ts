import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { refuse } from "./refusal";

export type Joined = { conversation: Doc<"conversations">; member: Doc<"members"> };

/**
 * Whether somebody is a member; every function that is given a conversation's id asks here.
 *
 * Membership is a document that nothing but joining and leaving writes: how far a person has read
 * lies elsewhere, so reading does not run every open list of messages again.
 */
export async function memberOf(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Doc<"members"> | null> {
  return await ctx.db
    .query("members")
    .withIndex("by_conversation", (q) =>
      q.eq("conversationId", conversationId).eq("userId", userId),
    )
    .unique();
}

export async function joinedOrNull(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Joined | null> {
  const member = await memberOf(ctx, conversationId, userId);
  const conversation = member === null ? null : await ctx.db.get(conversationId);
  return member === null || conversation === null ? null : { conversation, member };
}

/** As joinedOrNull; for a stranger a conversation that exists is refused as one that does not. */
export async function joined(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Joined> {
  return (
    (await joinedOrNull(ctx, conversationId, userId)) ?? refuse("There is no such conversation.")
  );
}

/** A message that somebody may see: a member does, from the message on that they joined at. */
export async function visibleMessage(
  ctx: QueryCtx,
  messageId: Id<"messages">,
  userId: Id<"users">,
): Promise<Doc<"messages">> {
  const message = await ctx.db.get(messageId);
  const member = message && (await memberOf(ctx, message.conversationId, userId));
  if (message === null || member === null || message.seq <= member.since) {
    refuse("There is no such message.");
  }
  return message;
}

/** Makes somebody a member; what was said before stays unread to nobody and unseen by them. */
export async function join(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  userId: Id<"users">,
): Promise<Id<"members">> {
  const { _id: conversationId, seq, at } = conversation;
  await ctx.db.insert("inboxes", { conversationId, userId, at, readSeq: seq, muted: false });
  return await ctx.db.insert("members", { conversationId, userId, since: seq });
}

export async function inboxOf(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Doc<"inboxes"> | null> {
  return await ctx.db
    .query("inboxes")
    .withIndex("by_user_conversation", (q) =>
      q.eq("userId", userId).eq("conversationId", conversationId),
    )
    .unique();
}
