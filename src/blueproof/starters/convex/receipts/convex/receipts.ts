import { v } from "convex/values";

import { query } from "./_generated/server";
import { me } from "./model/identity";
import { joined } from "./model/members";

/** More would be read anew by everybody whenever anybody reads. */
const SHOWN = 100;

/** Up to when others have read, of those who have read the furthest. */
export const list = query({
  args: { conversationId: v.id("conversations") },
  returns: v.record(v.id("users"), v.number()),
  handler: async (ctx, { conversationId }) => {
    const user = await me(ctx);
    await joined(ctx, conversationId, user._id);
    const receipts = await ctx.db
      .query("receipts")
      .withIndex("by_conversation_at", (q) => q.eq("conversationId", conversationId))
      .order("desc")
      .take(SHOWN);
    const others = receipts.filter(({ userId }) => userId !== user._id);
    return Object.fromEntries(others.map(({ userId, at }) => [userId, at]));
  },
});
