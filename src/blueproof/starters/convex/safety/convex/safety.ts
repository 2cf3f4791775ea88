import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { afterBlock } from "./hooks";
import { blockOf } from "./model/blocks";
import { me } from "./model/identity";
import { spend } from "./model/limits";
import { visibleMessage } from "./model/members";
import { personOf, personValidator } from "./model/people";
import { refuse } from "./model/refusal";
import { keepReport } from "./model/reports";

const BLOCKED_SHOWN = 500;
const REASON_LENGTH = 500;

export const block = mutation({
  args: { personId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { personId }) => {
    const user = await me(ctx);
    if (personId === user._id) refuse("You cannot block yourself.");
    if ((await blockOf(ctx, user._id, personId)) !== null) return null;
    await spend(ctx, "block", user._id);
    await ctx.db.insert("blocks", { userId: user._id, blockedId: personId });
    await afterBlock(ctx, user._id, personId);
    return null;
  },
});

export const unblock = mutation({
  args: { personId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { personId }) => {
    const user = await me(ctx);
    const found = await blockOf(ctx, user._id, personId);
    if (found !== null) await ctx.db.delete(found._id);
    return null;
  },
});

/** Whom the caller has blocked; nobody learns who has blocked them. */
export const blocked = query({
  args: {},
  returns: v.array(personValidator),
  handler: async (ctx) => {
    const user = await me(ctx);
    const blocks = await ctx.db
      .query("blocks")
      .withIndex("by_user", (q) => q.eq("userId", user._id))
      .take(BLOCKED_SHOWN);
    return await Promise.all(blocks.map(({ blockedId }) => personOf(ctx, blockedId)));
  },
});

/** Reports a message that the caller sees, once. */
export const report = mutation({
  args: { messageId: v.id("messages"), reason: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const user = await me(ctx);
    const message = await visibleMessage(ctx, args.messageId, user._id);
    const reason = args.reason.trim();
    if (reason.length > REASON_LENGTH) refuse(`A reason has at most ${REASON_LENGTH} characters.`);
    if (message.authorId === user._id) refuse("This is your own message.");
    await spend(ctx, "report", user._id);
    await keepReport(ctx, message, user._id, reason);
    return null;
  },
});
