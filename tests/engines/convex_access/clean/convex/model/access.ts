import { ConvexError } from "convex/values";
import { customCtx, customMutation, customQuery } from "convex-helpers/server/customFunctions";

import type { Id } from "../_generated/dataModel";
import { mutation, query, type QueryCtx } from "../_generated/server";

function refuse(why: string): never {
  throw new ConvexError(why);
}

export async function maybeMe(ctx: QueryCtx) {
  const identity = await ctx.auth.getUserIdentity();
  return identity === null
    ? null
    : await ctx.db
        .query("users")
        .withIndex("by_token", (q) => q.eq("tokenIdentifier", identity.tokenIdentifier))
        .unique();
}

export const me = async (ctx: QueryCtx) => (await maybeMe(ctx)) ?? refuse("Please sign in.");

export async function admin(ctx: QueryCtx) {
  const user = await me(ctx);
  if (user.role !== "admin") refuse("For administrators.");
  return user;
}

export async function isMember(ctx: QueryCtx, teamId: Id<"teams">, userId: Id<"users">) {
  const member = await ctx.db
    .query("members")
    .withIndex("by_team_user", (q) => q.eq("teamId", teamId).eq("userId", userId))
    .unique();
  return member !== null;
}

export const myQuery = customQuery(query, customCtx(async (ctx) => ({ user: await me(ctx) })));
export const myMutation = customMutation(mutation, {
  args: {},
  input: async (ctx) => ({ ctx: { user: await me(ctx) }, args: {} }),
});

/** A function for who is signed in, by hand. */
export const withUser =
  (run: (ctx: QueryCtx & { user: { _id: Id<"users"> } }, args: never) => Promise<unknown>) =>
  async (ctx: QueryCtx, args: never) => {
    const user = await me(ctx);
    return await run({ ...ctx, user }, args);
  };
