import { v } from "convex/values";

import { mutation } from "./_generated/server";
import { me } from "./model/identity";
import { spend } from "./model/limits";
import { joined } from "./model/members";
import { isToken, openOf, tokenRow, tokensOf } from "./model/push";
import { refuse } from "./model/refusal";

const DEVICES = 10;
const OPEN_FOR = 90_000;

/**
 * Has a phone ring for the caller, and for nobody else any more.
 *
 * A token is known to the phone alone. If it is saved by another person, the phone changed hands
 * without a sign-out: it must not ring for the one before.
 */
export const save = mutation({
  args: { token: v.string(), platform: v.union(v.literal("ios"), v.literal("android")) },
  returns: v.null(),
  handler: async (ctx, { token, platform }) => {
    const user = await me(ctx);
    if (!isToken(token)) refuse("This is no push token.");
    const row = await tokenRow(ctx, token);
    if (row?.userId === user._id) return null;
    await spend(ctx, "saveToken", user._id);
    if (row !== null) await ctx.db.delete(row._id);
    const [oldest, ...others] = await tokensOf(ctx, user._id);
    if (oldest !== undefined && others.length + 1 >= DEVICES) await ctx.db.delete(oldest._id);
    await ctx.db.insert("pushTokens", { userId: user._id, token, platform });
    return null;
  },
});

/** Ends the ringing of a phone of the caller's; a token of another is left alone. */
export const forget = mutation({
  args: { token: v.string() },
  returns: v.null(),
  handler: async (ctx, { token }) => {
    const user = await me(ctx);
    const row = await tokenRow(ctx, token);
    if (row?.userId === user._id) await ctx.db.delete(row._id);
    return null;
  },
});

/** Says which conversation is on the caller's screen; it passes, should the app end unasked. */
export const tellOpen = mutation({
  args: { conversationId: v.union(v.id("conversations"), v.null()) },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const user = await me(ctx);
    const row = await openOf(ctx, user._id);
    if (conversationId === null) {
      if (row !== null) await ctx.db.delete(row._id);
      return null;
    }
    await joined(ctx, conversationId, user._id);
    const open = { userId: user._id, conversationId, until: Date.now() + OPEN_FOR };
    if (row === null) await ctx.db.insert("openConversations", open);
    else await ctx.db.replace(row._id, open);
    return null;
  },
});
