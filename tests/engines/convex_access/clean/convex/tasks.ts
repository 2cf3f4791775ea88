import { v } from "convex/values";

import { internal } from "./_generated/api";
import { action, internalMutation, mutation, query } from "./_generated/server";
import { admin, isMember, me } from "./model/access";

export const list = query({
  args: { teamId: v.id("teams") },
  handler: async (ctx, { teamId }) => {
    const user = await me(ctx);
    if (!(await isMember(ctx, teamId, user._id))) return [];
    return await ctx.db
      .query("tasks")
      .withIndex("by_team", (q) => q.eq("teamId", teamId))
      .take(100);
  },
});

export const finish = mutation({
  args: { taskId: v.id("tasks") },
  handler: async (ctx, { taskId }) => {
    const user = await me(ctx);
    const task = await ctx.db.get(taskId);
    if (task === null) throw new Error("There is no such task.");
    if (!(await isMember(ctx, task.teamId, user._id))) throw new Error("There is no such task.");
    await ctx.db.patch(taskId, { done: true });
  },
});

export const add = mutation({
  args: { teamId: v.id("teams"), title: v.string() },
  handler: async (ctx, args) => {
    const user = await me(ctx);
    const allowed = await isMember(ctx, args.teamId, user._id);
    if (!allowed) throw new Error("There is no such team.");
    await ctx.db.insert("tasks", { ...args, done: false });
  },
});

export const everything = query({
  args: {},
  handler: async (ctx) => {
    await admin(ctx);
    return await ctx.db.query("tasks").take(1000);
  },
});

export const promote = mutation({
  args: { userId: v.id("users"), role: v.string() },
  handler: async (ctx, { userId, role }) => {
    await admin(ctx);
    await ctx.db.patch(userId, { role });
  },
});

export const erase = internalMutation({
  args: { taskId: v.id("tasks"), by: v.string() },
  handler: async (ctx, { taskId, by }) => {
    const user = await ctx.db
      .query("users")
      .withIndex("by_token", (q) => q.eq("tokenIdentifier", by))
      .unique();
    const task = await ctx.db.get(taskId);
    if (!task || !user || !(await isMember(ctx, task.teamId, user._id))) throw new Error("No.");
    await ctx.db.delete(taskId);
  },
});

export const eraseByAction = action({
  args: { taskId: v.id("tasks") },
  handler: async (ctx, { taskId }) => {
    const identity = await ctx.auth.getUserIdentity();
    if (!identity) throw new Error("Please sign in.");
    await ctx.runMutation(internal.tasks.erase, { taskId, by: identity.tokenIdentifier });
  },
});
