import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { EXPORT_PAGE, type ExportPage } from "./exporting";
import { leave } from "./leaving";
import { blank } from "./messages";

const BATCH = 50;

export async function exportMessages(
  ctx: QueryCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<ExportPage> {
  const page = await ctx.db
    .query("messages")
    .withIndex("by_author", (q) => q.eq("authorId", userId))
    .paginate({ numItems: EXPORT_PAGE, cursor });
  const items = page.page.map(({ conversationId, text, deleted, _creationTime }) => ({
    conversation: conversationId,
    at: new Date(_creationTime).toISOString(),
    text,
    deleted,
  }));
  return { items, cursor: page.isDone ? null : page.continueCursor };
}

export async function exportConversations(
  ctx: QueryCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<ExportPage> {
  const page = await ctx.db
    .query("members")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .paginate({ numItems: EXPORT_PAGE, cursor });
  const items = page.page.map(({ conversationId, _creationTime }) => ({
    conversation: conversationId,
    joined: new Date(_creationTime).toISOString(),
  }));
  return { items, cursor: page.isDone ? null : page.continueCursor };
}

/** Blanks what a person wrote, a batch at a time; what is blank already is not found again. */
export async function eraseMessages(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const batch = await ctx.db
    .query("messages")
    .withIndex("by_author_deleted", (q) => q.eq("authorId", userId).eq("deleted", false))
    .take(BATCH);
  for (const message of batch) await blank(ctx, message);
  return batch.length === BATCH;
}

/** Ends the person's memberships: the other one keeps the conversation, with "Deleted account". */
export async function eraseMemberships(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const batch = await ctx.db
    .query("members")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(BATCH);
  for (const member of batch) await leave(ctx, member);
  return batch.length === BATCH;
}
