import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { EXPORT_PAGE, type ExportPage } from "./exporting";
import { refuse } from "./refusal";

const BATCH = 100;
const EMOJI_LENGTH = 32;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const WORD = /[\p{Letter}\s<>&"']/u;

export function checkedEmoji(emoji: string): string {
  const known = emoji.length <= EMOJI_LENGTH && EMOJI.test(emoji) && !WORD.test(emoji);
  return known ? emoji : refuse("Please choose an emoji.");
}

/** Counts one more or one less; the last one takes the count's document along. */
export async function count(
  ctx: MutationCtx,
  reaction: Pick<Doc<"reactions">, "messageId" | "conversationId" | "seq" | "emoji">,
  step: 1 | -1,
): Promise<void> {
  const { messageId, conversationId, seq, emoji } = reaction;
  const row = await ctx.db
    .query("reactionCounts")
    .withIndex("by_message", (q) => q.eq("messageId", messageId).eq("emoji", emoji))
    .unique();
  const next = (row?.count ?? 0) + step;
  if (row === null) {
    await ctx.db.insert("reactionCounts", { messageId, conversationId, seq, emoji, count: next });
  } else if (next > 0) {
    await ctx.db.patch(row._id, { count: next });
  } else {
    await ctx.db.delete(row._id);
  }
}

/** The counts go with the content at once; who reacted goes in batches. */
export async function dropReactions(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  const counts = await ctx.db
    .query("reactionCounts")
    .withIndex("by_message", (q) => q.eq("messageId", message._id))
    .take(BATCH);
  if (counts.length === 0) return;
  for (const row of counts) await ctx.db.delete(row._id);
  await ctx.scheduler.runAfter(0, internal.reactions.drop, { messageId: message._id });
}

export async function exportReactions(
  ctx: QueryCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<ExportPage> {
  const page = await ctx.db
    .query("reactions")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .paginate({ numItems: EXPORT_PAGE, cursor });
  const items = page.page.map(({ messageId, emoji }) => ({ message: messageId, emoji }));
  return { items, cursor: page.isDone ? null : page.continueCursor };
}

export async function eraseReactions(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const batch = await ctx.db
    .query("reactions")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(BATCH);
  for (const reaction of batch) {
    await ctx.db.delete(reaction._id);
    const message = await ctx.db.get(reaction.messageId);
    if (message !== null && !message.deleted) await count(ctx, reaction, -1);
  }
  return batch.length === BATCH;
}
