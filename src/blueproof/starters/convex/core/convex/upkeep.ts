import { v } from "convex/values";

import { internal } from "./_generated/api";
import { httpAction, internalMutation, internalQuery } from "./_generated/server";

const DAY = 24 * 60 * 60 * 1000;
const BATCH = 500;

/** Forgets the buckets that filled up again long ago; a bucket that is not there is full. */
export const forgetRates = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const full = await ctx.db
      .query("rateLimits")
      .withIndex("by_at", (q) => q.lt("at", Date.now() - DAY))
      .take(BATCH);
    for (const bucket of full) await ctx.db.delete(bucket._id);
    if (full.length === BATCH) await ctx.scheduler.runAfter(0, internal.upkeep.forgetRates, {});
    return null;
  },
});

/** Reads the database and says nothing about it: what a monitor asks every minute. */
export const alive = internalQuery({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await ctx.db.query("users").first();
    return null;
  },
});

export const health = httpAction(async (ctx) => {
  await ctx.runQuery(internal.upkeep.alive, {});
  return new Response("ok", { headers: { "Cache-Control": "no-store" } });
});
