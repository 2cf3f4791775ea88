import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { afterLeave } from "../hooks";
import { inboxOf } from "./members";

/** Ends a membership; a conversation that nobody is left in is cleared. */
export async function leave(ctx: MutationCtx, member: Doc<"members">): Promise<void> {
  const { conversationId, userId } = member;
  const inbox = await inboxOf(ctx, conversationId, userId);
  if (inbox !== null) await ctx.db.delete(inbox._id);
  await ctx.db.delete(member._id);
  await afterLeave(ctx, member);
  const left = await ctx.db
    .query("members")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
    .first();
  if (left === null) await ctx.scheduler.runAfter(0, internal.clearing.clear, { conversationId });
}
