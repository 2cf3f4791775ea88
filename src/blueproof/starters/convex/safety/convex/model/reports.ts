import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { EXPORT_PAGE, type ExportPage } from "./exporting";

const BATCH = 100;

/** Keeps a copy of what was said: the author may change the message before anybody looks. */
export async function keepReport(
  ctx: MutationCtx,
  message: Doc<"messages">,
  reporterId: Id<"users"> | null,
  reason: string,
): Promise<void> {
  const { _id: messageId, authorId, text } = message;
  const before = await ctx.db
    .query("reports")
    .withIndex("by_message", (q) => q.eq("messageId", messageId).eq("reporterId", reporterId))
    .first();
  if (before !== null) return;
  await ctx.db.insert("reports", { messageId, authorId, reporterId, text, reason, open: true });
}

export async function exportReports(
  ctx: QueryCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<ExportPage> {
  const page = await ctx.db
    .query("reports")
    .withIndex("by_reporter", (q) => q.eq("reporterId", userId))
    .paginate({ numItems: EXPORT_PAGE, cursor });
  const items = page.page.map(({ messageId, reason }) => ({ message: messageId, reason }));
  return { items, cursor: page.isDone ? null : page.continueCursor };
}

/** Reports of what the person wrote go; those that the person made stay, without their id. */
export async function eraseReports(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const about = await ctx.db
    .query("reports")
    .withIndex("by_author", (q) => q.eq("authorId", userId))
    .take(BATCH);
  for (const report of about) await ctx.db.delete(report._id);
  const by = await ctx.db
    .query("reports")
    .withIndex("by_reporter", (q) => q.eq("reporterId", userId))
    .take(BATCH);
  for (const report of by) await ctx.db.patch(report._id, { reporterId: null });
  return about.length === BATCH || by.length === BATCH;
}
