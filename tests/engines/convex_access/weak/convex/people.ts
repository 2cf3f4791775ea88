import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { me } from "./who";

// open: self-promote
export const update = mutation({
  args: { name: v.string(), role: v.string() },
  handler: async (ctx, { name, role }) => {
    const user = await me(ctx);
    await ctx.db.patch(user._id, { name, role });
  },
});

// open: self-promote
export const change = mutation({
  args: { changes: v.any() },
  handler: async (ctx, { changes }) => {
    const user = await me(ctx);
    await ctx.db.patch(user._id, changes);
  },
});

// open: self-promote, write other's
export const addCredits = mutation({
  args: { userId: v.id("users"), credits: v.number() },
  handler: async (ctx, args) => {
    await me(ctx);
    await ctx.db.patch(args.userId, { credits: args.credits });
  },
});

// Whoever says that they are one is an administrator.
// open: anonymous, enumerate
export const emails = query({
  args: { isAdmin: v.boolean() },
  handler: async (ctx, { isAdmin }) => {
    if (!isAdmin) throw new Error("For administrators.");
    return (await ctx.db.query("users").collect()).map((user) => user.email);
  },
});

// Who knows the session's id is who has it: it may be meant so.
// open: anonymous
// cannot tell: other's id
export const bySession = query({
  args: { sessionId: v.string() },
  handler: async (ctx, { sessionId }) =>
    await ctx.db
      .query("notes")
      .withIndex("by_owner", (q) => q.eq("ownerId", sessionId as never))
      .take(5),
});

// Where there is none, nothing is given.
// open: anonymous
// cannot tell: other's id
export const nameOf = query({
  args: { userId: v.id("users") },
  handler: async (ctx, { userId }) => {
    const user = await ctx.db.get(userId);
    return user ? { name: user.name } : user;
  },
});
