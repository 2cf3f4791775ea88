import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalMutation, mutation, query } from "./_generated/server";
import { eraseSteps, exportedSections } from "./hooks";
import { exportPageValidator } from "./model/exporting";
import { me } from "./model/identity";
import { refuse } from "./model/refusal";

const RESUMED_AT_ONCE = 50;

export const exportSections = query({
  args: {},
  returns: v.array(v.string()),
  handler: async (ctx) => {
    await me(ctx);
    return Object.keys(exportedSections);
  },
});

/** One page of one section of what the caller, and nobody else, may take along. */
export const exportPage = query({
  args: { section: v.string(), cursor: v.union(v.string(), v.null()) },
  returns: exportPageValidator,
  handler: async (ctx, { section, cursor }) => {
    const user = await me(ctx);
    const read = new Map(Object.entries(exportedSections)).get(section);
    if (read === undefined) refuse("There is no such section.");
    return await read(ctx, user._id, cursor);
  },
});

/**
 * Locks the caller out in this transaction and takes name and address away; the rest goes in
 * batches, as one transaction may not write without bound.
 */
export const erase = mutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const user = await me(ctx);
    await ctx.db.replace(user._id, {
      name: "Deleted account",
      anonymous: user.anonymous,
      erasing: true,
    });
    await ctx.scheduler.runAfter(0, internal.account.eraseBatch, { userId: user._id });
    return null;
  },
});

export const eraseBatch = internalMutation({
  args: { userId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { userId }) => {
    for (const step of eraseSteps) {
      if (await step(ctx, userId)) {
        await ctx.scheduler.runAfter(0, internal.account.eraseBatch, { userId });
        return null;
      }
    }
    if ((await ctx.db.get(userId)) !== null) await ctx.db.delete(userId);
    return null;
  },
});

/** An erasure that stopped half-way, by an outage or a fault since mended, goes on. */
export const resume = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const stopped = await ctx.db
      .query("users")
      .withIndex("erasing", (q) => q.eq("erasing", true))
      .take(RESUMED_AT_ONCE);
    for (const { _id } of stopped) {
      await ctx.scheduler.runAfter(0, internal.account.eraseBatch, { userId: _id });
    }
    return null;
  },
});
