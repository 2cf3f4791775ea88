import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { me, withUser } from "./model/access";

/** The tenant is the caller's own, whatever is sent. */
export const mine = query({
  args: {},
  handler: withUser(async (ctx) => {
    const members = await ctx.db
      .query("members")
      .withIndex("by_team_user", (q) => q)
      .filter((q) => q.eq(q.field("userId"), ctx.user._id))
      .take(20);
    return await Promise.all(members.map((member) => ctx.db.get(member.teamId)));
  }),
});

export const create = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const user = await me(ctx);
    const teamId = await ctx.db.insert("teams", { name });
    await ctx.db.insert("members", { teamId, userId: user._id, role: "owner" });
    return teamId;
  },
});

/** Those who manage a team add to it. */
export const invite = mutation({
  args: { teamId: v.id("teams"), userId: v.id("users") },
  handler: async (ctx, { teamId, userId }) => {
    const user = await me(ctx);
    const member = await ctx.db
      .query("members")
      .withIndex("by_team_user", (q) => q.eq("teamId", teamId).eq("userId", user._id))
      .unique();
    if (member?.role !== "owner") throw new Error("For who owns the team.");
    await ctx.db.insert("members", { teamId, userId, role: "member" });
  },
});
