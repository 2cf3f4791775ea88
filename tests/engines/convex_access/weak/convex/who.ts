import type { MutationCtx, QueryCtx } from "./_generated/server";

export async function maybeMe(ctx: QueryCtx) {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return null;
  return await ctx.db
    .query("users")
    .withIndex("by_token", (q) => q.eq("tokenIdentifier", identity.tokenIdentifier))
    .unique();
}

export async function me(ctx: QueryCtx | MutationCtx) {
  const user = await maybeMe(ctx);
  if (!user) throw new Error("Please sign in.");
  return user;
}

/** Looks at the answer and goes on in either case. */
export async function looksAtMe(ctx: QueryCtx) {
  const user = await maybeMe(ctx);
  if (!user) console.warn("nobody is signed in");
  return user;
}
