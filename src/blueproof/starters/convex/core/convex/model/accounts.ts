import type { Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import type { ExportPage } from "./exporting";

const BATCH = 100;

export async function exportProfile(ctx: QueryCtx, userId: Id<"users">): Promise<ExportPage> {
  const user = await ctx.db.get(userId);
  const items = user === null ? [] : [{ name: user.name, email: user.email, photo: user.image }];
  return { items, cursor: null };
}

/** Accounts and sessions, with what belongs to them: nobody signs in as this person again. */
export async function eraseAccess(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  return (await eraseAccounts(ctx, userId)) || (await eraseSessions(ctx, userId));
}

async function eraseAccounts(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const accounts = await ctx.db
    .query("authAccounts")
    .withIndex("userIdAndProvider", (q) => q.eq("userId", userId))
    .take(BATCH);
  for (const account of accounts) {
    const code = await ctx.db
      .query("authVerificationCodes")
      .withIndex("accountId", (q) => q.eq("accountId", account._id))
      .unique();
    const limit = await ctx.db
      .query("authRateLimits")
      .withIndex("identifier", (q) => q.eq("identifier", account._id))
      .unique();
    for (const row of [code, limit, account]) if (row !== null) await ctx.db.delete(row._id);
  }
  return accounts.length === BATCH;
}

async function eraseSessions(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const session = await ctx.db
    .query("authSessions")
    .withIndex("userId", (q) => q.eq("userId", userId))
    .first();
  if (session === null) return false;
  const tokens = await ctx.db
    .query("authRefreshTokens")
    .withIndex("sessionId", (q) => q.eq("sessionId", session._id))
    .take(BATCH);
  for (const token of tokens) await ctx.db.delete(token._id);
  if (tokens.length < BATCH) await ctx.db.delete(session._id);
  return true;
}
