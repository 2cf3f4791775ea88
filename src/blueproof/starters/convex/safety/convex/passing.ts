import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalMutation } from "./_generated/server";
import { memberOf } from "./model/members";
import { passOver } from "./model/passing";

const AT_ONCE = 20;

export const goOn = internalMutation({
  args: { conversationId: v.id("conversations"), userId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { conversationId, userId }) => {
    await passOver(ctx, conversationId, userId);
    return null;
  },
});

/** Passes over what an author wrote for all who have blocked them, a batch at a time. */
export const forBlockers = internalMutation({
  args: {
    conversationId: v.id("conversations"),
    authorId: v.id("users"),
    cursor: v.union(v.string(), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { conversationId, authorId, cursor }) => {
    const blocks = await ctx.db
      .query("blocks")
      .withIndex("by_blocked", (q) => q.eq("blockedId", authorId))
      .paginate({ numItems: AT_ONCE, cursor });
    for (const { userId } of blocks.page) await passOver(ctx, conversationId, userId);
    if (!blocks.isDone) {
      const next = { conversationId, authorId, cursor: blocks.continueCursor };
      await ctx.scheduler.runAfter(0, internal.passing.forBlockers, next);
    }
    return null;
  },
});

/** Passes over what somebody wrote in all groups that they share with who has just blocked them. */
export const inGroups = internalMutation({
  args: {
    userId: v.id("users"),
    blockedId: v.id("users"),
    cursor: v.union(v.string(), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { userId, blockedId, cursor }) => {
    const members = await ctx.db
      .query("members")
      .withIndex("by_user", (q) => q.eq("userId", userId))
      .paginate({ numItems: AT_ONCE, cursor });
    for (const { conversationId } of members.page) {
      const both = (await memberOf(ctx, conversationId, blockedId)) !== null;
      if (both) await passOver(ctx, conversationId, userId);
    }
    if (!members.isDone) {
      const next = { userId, blockedId, cursor: members.continueCursor };
      await ctx.scheduler.runAfter(0, internal.passing.inGroups, next);
    }
    return null;
  },
});
