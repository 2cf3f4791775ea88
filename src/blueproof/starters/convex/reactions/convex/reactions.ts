import { v } from "convex/values";

import { internal } from "./_generated/api";
import type { Doc, Id } from "./_generated/dataModel";
import { internalMutation, mutation, query, type MutationCtx } from "./_generated/server";
import { me } from "./model/identity";
import { spend } from "./model/limits";
import { joined, visibleMessage } from "./model/members";
import { checkReach } from "./model/messages";
import { before } from "./model/newest";
import { checkedEmoji, count } from "./model/reactions";
import { refuse } from "./model/refusal";

const KINDS = 20;
const OWN = 5;
const MOST = 2000;
const BATCH = 200;

const shownValidator = v.object({ emoji: v.string(), count: v.number(), mine: v.boolean() });

/** Puts a reaction to a message, or takes it back. */
export const react = mutation({
  args: { messageId: v.id("messages"), emoji: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const user = await me(ctx);
    const message = await visibleMessage(ctx, args.messageId, user._id);
    const emoji = checkedEmoji(args.emoji);
    await spend(ctx, "react", user._id);
    const own = await ownOf(ctx, message._id, user._id);
    const before = own.find((each) => each.emoji === emoji);
    if (before === undefined) await put(ctx, message, user._id, own.length, emoji);
    else await takeBack(ctx, before);
    return null;
  },
});

async function ownOf(ctx: MutationCtx, messageId: Id<"messages">, userId: Id<"users">) {
  return await ctx.db
    .query("reactions")
    .withIndex("by_message", (q) => q.eq("messageId", messageId).eq("userId", userId))
    .take(OWN);
}

async function put(
  ctx: MutationCtx,
  message: Doc<"messages">,
  userId: Id<"users">,
  own: number,
  emoji: string,
): Promise<void> {
  const { _id: messageId, conversationId, seq } = message;
  if (message.deleted) refuse("This message was deleted.");
  if (own === OWN) refuse(`You may react to a message in ${OWN} ways.`);
  const { conversation } = await joined(ctx, conversationId, userId);
  await checkReach(ctx, conversation, userId);
  const kinds = await ctx.db
    .query("reactionCounts")
    .withIndex("by_message", (q) => q.eq("messageId", messageId))
    .take(KINDS);
  if (kinds.length === KINDS && !kinds.some((each) => each.emoji === emoji)) {
    refuse("This message has all kinds of reactions that it can have.");
  }
  const reaction = { messageId, conversationId, seq, emoji };
  await ctx.db.insert("reactions", { ...reaction, userId });
  await count(ctx, reaction, 1);
}

async function takeBack(ctx: MutationCtx, reaction: Doc<"reactions">): Promise<void> {
  await ctx.db.delete(reaction._id);
  await count(ctx, reaction, -1);
}

/** The reactions to the newest messages; counted when written, so that reading is bounded. */
export const list = query({
  args: { conversationId: v.id("conversations"), newest: v.number() },
  returns: v.record(v.id("messages"), v.array(shownValidator)),
  handler: async (ctx, { conversationId, newest }) => {
    const user = await me(ctx);
    const from = before(await joined(ctx, conversationId, user._id), newest);
    const counts = await ctx.db
      .query("reactionCounts")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId).gt("seq", from))
      .order("desc")
      .take(MOST);
    const own = await ctx.db
      .query("reactions")
      .withIndex("by_user", (q) =>
        q.eq("userId", user._id).eq("conversationId", conversationId).gt("seq", from),
      )
      .order("desc")
      .take(MOST);
    return shown(counts, own);
  },
});

type Shown = { emoji: string; count: number; mine: boolean };

function shown(counts: Doc<"reactionCounts">[], own: Doc<"reactions">[]) {
  const mine = new Set(own.map(({ messageId, emoji }) => `${messageId} ${emoji}`));
  const found: Record<Id<"messages">, Shown[]> = {};
  for (const { messageId, emoji, count } of counts) {
    const all = (found[messageId] ??= []);
    all.push({ emoji, count, mine: mine.has(`${messageId} ${emoji}`) });
  }
  return found;
}

/** Deletes who reacted to a message that is gone, a batch at a time. */
export const drop = internalMutation({
  args: { messageId: v.id("messages") },
  returns: v.null(),
  handler: async (ctx, { messageId }) => {
    const batch = await ctx.db
      .query("reactions")
      .withIndex("by_message", (q) => q.eq("messageId", messageId))
      .take(BATCH);
    for (const reaction of batch) await ctx.db.delete(reaction._id);
    if (batch.length === BATCH) {
      await ctx.scheduler.runAfter(0, internal.reactions.drop, { messageId });
    }
    return null;
  },
});
