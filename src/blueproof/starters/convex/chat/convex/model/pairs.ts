import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { join } from "./members";

/** The same text for two people, whoever of them asks. */
export function pairOf(one: Id<"users">, other: Id<"users">): string {
  return [one, other].sort().join(":");
}

export async function directBetween(
  ctx: QueryCtx,
  one: Id<"users">,
  other: Id<"users">,
): Promise<Doc<"conversations"> | null> {
  return await ctx.db
    .query("conversations")
    .withIndex("by_pair", (q) => q.eq("pair", pairOf(one, other)))
    .unique();
}

/**
 * The conversation of two people; call it after directBetween found none, in the same mutation.
 *
 * That look-up put the pair's empty range of the index into the transaction's reads. When both
 * people open it at once, one commit comes second, its range is no longer what it read, and Convex
 * runs the mutation again: this time the look-up finds the conversation.
 */
export async function openDirect(
  ctx: MutationCtx,
  one: Id<"users">,
  other: Id<"users">,
): Promise<Id<"conversations">> {
  const start = { pair: pairOf(one, other), seq: 0, at: Date.now(), preview: "" };
  const conversationId = await ctx.db.insert("conversations", start);
  const conversation = await ctx.db.get(conversationId);
  if (conversation === null) throw new Error("A conversation is there after its insert.");
  for (const userId of [one, other]) await join(ctx, conversation, userId);
  return conversationId;
}

/** The other one of a direct conversation; null when their account is gone. */
export async function otherOf(
  ctx: QueryCtx,
  conversation: Doc<"conversations">,
  userId: Id<"users">,
): Promise<Id<"users"> | null> {
  const two = await ctx.db
    .query("members")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversation._id))
    .take(2);
  return two.find((member) => member.userId !== userId)?.userId ?? null;
}
