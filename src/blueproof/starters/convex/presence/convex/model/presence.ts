import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

const BATCH = 100;

export async function typingOf(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Doc<"typing"> | null> {
  return await ctx.db
    .query("typing")
    .withIndex("by_conversation", (q) =>
      q.eq("conversationId", conversationId).eq("userId", userId),
    )
    .unique();
}

export async function beatOf(ctx: QueryCtx, userId: Id<"users">): Promise<Doc<"beats"> | null> {
  return await ctx.db
    .query("beats")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
}

export async function onlineOf(ctx: QueryCtx, userId: Id<"users">): Promise<Doc<"online"> | null> {
  return await ctx.db
    .query("online")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
}

export async function erasePresence(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const typing = await ctx.db
    .query("typing")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(BATCH);
  for (const row of [...typing, await beatOf(ctx, userId), await onlineOf(ctx, userId)]) {
    if (row !== null) await ctx.db.delete(row._id);
  }
  return typing.length === BATCH;
}
