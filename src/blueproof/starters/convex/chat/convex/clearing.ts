import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalMutation } from "./_generated/server";
import { blank } from "./model/messages";

const BATCH = 50;

/** Deletes a conversation that nobody is a member of, with what was said, a batch at a time. */
export const clear = internalMutation({
  args: { conversationId: v.id("conversations") },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const messages = await ctx.db
      .query("messages")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(BATCH);
    for (const message of messages) {
      if (!message.deleted) await blank(ctx, message);
      await ctx.db.delete(message._id);
    }
    if (messages.length === BATCH) {
      await ctx.scheduler.runAfter(0, internal.clearing.clear, { conversationId });
    } else if ((await ctx.db.get(conversationId)) !== null) {
      await ctx.db.delete(conversationId);
    }
    return null;
  },
});
