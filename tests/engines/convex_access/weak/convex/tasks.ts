import { v } from "convex/values";

import { api, internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { action, internalMutation, mutation, query, type QueryCtx } from "./_generated/server";
import { me } from "./who";

// open: cross-tenant
export const list = query({
  args: { teamId: v.id("teams") },
  handler: async (ctx, { teamId }) => {
    await me(ctx);
    return await ctx.db
      .query("tasks")
      .withIndex("by_team", (q) => q.eq("teamId", teamId))
      .collect();
  },
});

// A membership is looked up, and not looked at.
// open: cross-tenant
export const add = mutation({
  args: { teamId: v.id("teams"), title: v.string() },
  handler: async (ctx, { teamId, title }) => {
    const user = await me(ctx);
    await ctx.db
      .query("members")
      .withIndex("by_team_user", (q) => q.eq("teamId", teamId).eq("userId", user._id))
      .unique();
    await ctx.db.insert("tasks", { teamId, title, done: false });
  },
});

// Anybody's membership does.
// open: write other's
export const finish = mutation({
  args: { taskId: v.id("tasks"), teamId: v.id("teams") },
  handler: async (ctx, { taskId, teamId }) => {
    const user = await me(ctx);
    const member = await ctx.db
      .query("members")
      .withIndex("by_team_user", (q) => q.eq("teamId", teamId).eq("userId", user._id))
      .unique();
    if (member === null) throw new Error("Not a member.");
    await ctx.db.patch(taskId, { done: true });
  },
});

export const erase = internalMutation({
  args: { taskId: v.id("tasks") },
  handler: async (ctx, { taskId }) => {
    await ctx.db.delete(taskId);
  },
});

// An action hands the id on.
// open: anonymous, write other's
export const eraseLater = action({
  args: { taskId: v.id("tasks") },
  handler: async (ctx, { taskId }) => {
    await ctx.runMutation(internal.tasks.erase, { taskId });
  },
});

// Work of the back end's own, for anybody to begin.
// open: anonymous, write other's
export const cleanUp = mutation({
  args: {},
  handler: async (ctx) => {
    for (const task of await ctx.db.query("tasks").take(100)) await ctx.db.delete(task._id);
    await ctx.scheduler.runAfter(1000, api.tasks.cleanUp, {});
  },
});

// The list is filled on the way.
// cannot tell: cross-tenant
export const titles = query({
  args: { teamId: v.id("teams") },
  handler: async (ctx, { teamId }) => {
    await me(ctx);
    const titles: Record<string, string[]> = {};
    const tasks = await ctx.db
      .query("tasks")
      .withIndex("by_team", (q) => q.eq("teamId", teamId))
      .take(10);
    for (const task of tasks) (titles[task.title] ??= []).push(task.title);
    return titles;
  },
});

async function isMember(ctx: QueryCtx, teamId: Id<"teams">, userId: Id<"users">) {
  const member = await ctx.db
    .query("members")
    .withIndex("by_team_user", (q) => q.eq("teamId", teamId).eq("userId", userId))
    .unique();
  return member !== null;
}

// A promise is always true.
// open: cross-tenant
export const promised = query({
  args: { teamId: v.id("teams") },
  handler: async (ctx, { teamId }) => {
    const user = await me(ctx);
    if (!isMember(ctx, teamId, user._id)) return [];
    return await ctx.db
      .query("tasks")
      .withIndex("by_team", (q) => q.eq("teamId", teamId))
      .take(10);
  },
});

// The role looked at is the other person's.
// open: write other's
export const wrongRole = mutation({
  args: { taskId: v.id("tasks"), userId: v.id("users") },
  handler: async (ctx, { taskId, userId }) => {
    await me(ctx);
    const other = await ctx.db.get(userId);
    if (other?.role !== "admin") throw new Error("For administrators.");
    await ctx.db.delete(taskId);
  },
});
