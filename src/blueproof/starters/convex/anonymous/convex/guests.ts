import { v } from "convex/values";

import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { internalMutation, type MutationCtx } from "./_generated/server";

const DAY = 24 * 60 * 60 * 1000;
const BATCH = 100;

/** Erases guests of whom no session is left: nobody can come back as them. */
export const eraseGone = internalMutation({
  args: { cursor: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, { cursor }) => {
    const guests = await ctx.db
      .query("users")
      .withIndex("anonymous", (q) => q.eq("anonymous", true).lt("_creationTime", Date.now() - DAY))
      .paginate({ numItems: BATCH, cursor: cursor ?? null });
    for (const { _id } of guests.page) if (!(await hasSession(ctx, _id))) await erase(ctx, _id);
    if (!guests.isDone) {
      await ctx.scheduler.runAfter(0, internal.guests.eraseGone, { cursor: guests.continueCursor });
    }
    return null;
  },
});

async function hasSession(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const latest = await ctx.db
    .query("authSessions")
    .withIndex("userId", (q) => q.eq("userId", userId))
    .order("desc")
    .first();
  return latest !== null && latest.expirationTime > Date.now();
}

async function erase(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  await ctx.db.patch(userId, { erasing: true });
  await ctx.scheduler.runAfter(0, internal.account.eraseBatch, { userId });
}
