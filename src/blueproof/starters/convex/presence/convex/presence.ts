import { v } from "convex/values";

import { internal } from "./_generated/api";
import type { Doc, Id } from "./_generated/dataModel";
import { internalMutation, mutation, query, type QueryCtx } from "./_generated/server";
import { mayReach } from "./hooks";
import { me } from "./model/identity";
import { joined } from "./model/members";
import { directBetween, otherOf } from "./model/pairs";
import { personOf } from "./model/people";
import { beatOf, onlineOf, typingOf } from "./model/presence";

const SECOND = 1000;
const TYPING = 6 * SECOND;
const TYPED_AGAIN = 2 * SECOND;
const ALIVE = 70 * SECOND;
const BEATEN_AGAIN = 20 * SECOND;
const NAMES_SHOWN = 5;
const ASKED_AT_ONCE = 50;

/** Says that the caller is typing; it passes by itself, as no query may look at the clock. */
export const type = mutation({
  args: { conversationId: v.id("conversations") },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const user = await me(ctx);
    const { conversation } = await joined(ctx, conversationId, user._id);
    if (!(await isReached(ctx, conversation, user._id))) return null;
    const [row, at] = [await typingOf(ctx, conversationId, user._id), Date.now()];
    if (row !== null && at - row.at < TYPED_AGAIN) return null;
    if (row !== null) await ctx.db.patch(row._id, { at });
    else await ctx.db.insert("typing", { conversationId, userId: user._id, at });
    const passes = { conversationId, userId: user._id, at };
    await ctx.scheduler.runAfter(TYPING, internal.presence.stopTyping, passes);
    return null;
  },
});

/** Ends a typing that was not renewed. */
export const stopTyping = internalMutation({
  args: { conversationId: v.id("conversations"), userId: v.id("users"), at: v.number() },
  returns: v.null(),
  handler: async (ctx, { conversationId, userId, at }) => {
    const row = await typingOf(ctx, conversationId, userId);
    if (row?.at === at) await ctx.db.delete(row._id);
    return null;
  },
});

/** The names of the others who type. */
export const typing = query({
  args: { conversationId: v.id("conversations") },
  returns: v.array(v.string()),
  handler: async (ctx, { conversationId }) => {
    const user = await me(ctx);
    await joined(ctx, conversationId, user._id);
    const rows = await ctx.db
      .query("typing")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(NAMES_SHOWN + 1);
    const others = rows.filter(({ userId }) => userId !== user._id).slice(0, NAMES_SHOWN);
    return await Promise.all(others.map(async ({ userId }) => (await personOf(ctx, userId)).name));
  },
});

/**
 * Says that the caller's app is open. The time goes into a document that no query reads; what
 * others read changes when somebody comes or goes, not with each beat.
 */
export const beat = mutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const { _id: userId } = await me(ctx);
    const [row, at] = [await beatOf(ctx, userId), Date.now()];
    if (row !== null && at - row.at < BEATEN_AGAIN) return null;
    if (row !== null) await ctx.db.patch(row._id, { at });
    else await ctx.db.insert("beats", { userId, at });
    if ((await onlineOf(ctx, userId)) === null) {
      await ctx.db.insert("online", { userId });
      await ctx.scheduler.runAfter(ALIVE, internal.presence.goOffline, { userId });
    }
    return null;
  },
});

/** Takes somebody off whose beats ceased; looks again later otherwise. */
export const goOffline = internalMutation({
  args: { userId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { userId }) => {
    const [row, online] = [await beatOf(ctx, userId), await onlineOf(ctx, userId)];
    if (online === null) return null;
    const left = row === null ? 0 : row.at + ALIVE - Date.now();
    if (left <= 0) await ctx.db.delete(online._id);
    else await ctx.scheduler.runAfter(left, internal.presence.goOffline, { userId });
    return null;
  },
});

/** Who of these is there; of people with whom the caller has no direct conversation: nobody. */
export const online = query({
  args: { people: v.array(v.id("users")) },
  returns: v.record(v.id("users"), v.boolean()),
  handler: async (ctx, { people }) => {
    const user = await me(ctx);
    const asked = [...new Set(people)].slice(0, ASKED_AT_ONCE);
    const found = await Promise.all(asked.map((id) => isSeenOnline(ctx, user._id, id)));
    return Object.fromEntries(asked.map((id, index) => [id, found[index] ?? false]));
  },
});

async function isSeenOnline(ctx: QueryCtx, by: Id<"users">, id: Id<"users">): Promise<boolean> {
  if ((await directBetween(ctx, by, id)) === null || !(await mayReach(ctx, by, id))) return false;
  return (await onlineOf(ctx, id)) !== null;
}

async function isReached(
  ctx: QueryCtx,
  conversation: Doc<"conversations">,
  userId: Id<"users">,
): Promise<boolean> {
  if (conversation.pair === undefined) return true;
  const other = await otherOf(ctx, conversation, userId);
  return other !== null && (await mayReach(ctx, userId, other));
}
