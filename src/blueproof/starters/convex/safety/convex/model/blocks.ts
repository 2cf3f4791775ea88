import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { EXPORT_PAGE, type ExportPage } from "./exporting";

const BATCH = 100;

export async function blockOf(
  ctx: QueryCtx,
  userId: Id<"users">,
  blockedId: Id<"users">,
): Promise<Doc<"blocks"> | null> {
  return await ctx.db
    .query("blocks")
    .withIndex("by_user", (q) => q.eq("userId", userId).eq("blockedId", blockedId))
    .unique();
}

/** In a group of both, who blocks somebody sees nothing of what they write; the other learns nothing. */
export async function isNotBlockedBy(
  ctx: QueryCtx,
  reader: Id<"users">,
  author: Id<"users">,
): Promise<boolean> {
  return (await blockOf(ctx, reader, author)) === null;
}

/** A block works both ways: who blocks somebody does not write to them either. */
export async function isUnblocked(
  ctx: QueryCtx,
  from: Id<"users">,
  to: Id<"users">,
): Promise<boolean> {
  return (await blockOf(ctx, to, from)) === null && (await blockOf(ctx, from, to)) === null;
}

export async function exportBlocks(
  ctx: QueryCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<ExportPage> {
  const page = await ctx.db
    .query("blocks")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .paginate({ numItems: EXPORT_PAGE, cursor });
  const items = page.page.map(({ blockedId }) => ({ person: blockedId }));
  return { items, cursor: page.isDone ? null : page.continueCursor };
}

export async function eraseBlocks(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const by = await ctx.db
    .query("blocks")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(BATCH);
  const of = await ctx.db
    .query("blocks")
    .withIndex("by_blocked", (q) => q.eq("blockedId", userId))
    .take(BATCH);
  for (const block of [...by, ...of]) await ctx.db.delete(block._id);
  return by.length === BATCH || of.length === BATCH;
}
