import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

async function receiptOf(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Doc<"receipts"> | null> {
  return await ctx.db
    .query("receipts")
    .withIndex("by_user_conversation", (q) =>
      q.eq("userId", userId).eq("conversationId", conversationId),
    )
    .unique();
}

/** Lets others see up to when somebody has read; a document of its own, as others read it. */
export async function keepReceipt(
  ctx: MutationCtx,
  message: Doc<"messages">,
  reader: Id<"users">,
): Promise<void> {
  const { conversationId, _creationTime: at } = message;
  const receipt = await receiptOf(ctx, conversationId, reader);
  if (receipt === null) await ctx.db.insert("receipts", { conversationId, userId: reader, at });
  else await ctx.db.patch(receipt._id, { at });
}

export async function dropReceipt(ctx: MutationCtx, member: Doc<"members">): Promise<void> {
  const receipt = await receiptOf(ctx, member.conversationId, member.userId);
  if (receipt !== null) await ctx.db.delete(receipt._id);
}
