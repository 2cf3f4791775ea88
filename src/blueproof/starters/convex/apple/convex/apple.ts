import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalAction, internalMutation } from "./_generated/server";
import { askApple } from "./model/appleTokens";

const MINUTE = 60_000;
// Longer than an identity of Apple's is taken: a nonce that is forgotten belongs to none.
const NONCE_LIFE = 15 * MINUTE;
const ATTEMPTS = 5;
const BATCH = 500;

/** Marks a nonce as used; false if it was before. */
export const takeNonce = internalMutation({
  args: { nonce: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { nonce }) => {
    const used = await ctx.db
      .query("appleNonces")
      .withIndex("by_nonce", (q) => q.eq("nonce", nonce))
      .unique();
    if (used !== null) return false;
    await ctx.db.insert("appleNonces", { nonce, expires: Date.now() + NONCE_LIFE });
    return true;
  },
});

export const forgetNonces = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const old = await ctx.db
      .query("appleNonces")
      .withIndex("by_expires", (q) => q.lt("expires", Date.now()))
      .take(BATCH);
    for (const nonce of old) await ctx.db.delete(nonce._id);
    if (old.length === BATCH) await ctx.scheduler.runAfter(0, internal.apple.forgetNonces, {});
    return null;
  },
});

/** Exchanges the code of a sign-in for what an erasure needs later. */
export const keepToken = internalAction({
  args: { userId: v.id("users"), code: v.string() },
  returns: v.null(),
  handler: async (ctx, { userId, code }) => {
    const answer = await askApple("token", { grant_type: "authorization_code", code });
    if (!answer.ok) throw new Error(`Apple gave no token for a code: ${answer.status}.`);
    const { refresh_token: refreshToken } = (await answer.json()) as { refresh_token?: unknown };
    if (typeof refreshToken !== "string") throw new Error("Apple's answer holds no refresh token.");
    await ctx.runMutation(internal.apple.storeToken, { userId, refreshToken });
    return null;
  },
});

export const storeToken = internalMutation({
  args: { userId: v.id("users"), refreshToken: v.string() },
  returns: v.null(),
  handler: async (ctx, { userId, refreshToken }) => {
    const kept = await ctx.db
      .query("appleTokens")
      .withIndex("by_user", (q) => q.eq("userId", userId))
      .unique();
    if (kept === null) await ctx.db.insert("appleTokens", { userId, refreshToken });
    else await ctx.db.patch(kept._id, { refreshToken });
    return null;
  },
});

export const revoke = internalAction({
  args: { refreshToken: v.string(), attempt: v.number() },
  returns: v.null(),
  handler: async (ctx, { refreshToken, attempt }) => {
    const answer = await askApple("revoke", {
      token: refreshToken,
      token_type_hint: "refresh_token",
    });
    if (answer.ok) return null;
    if (attempt === ATTEMPTS) throw new Error(`Apple did not revoke a token: ${answer.status}.`);
    const again = { refreshToken, attempt: attempt + 1 };
    await ctx.scheduler.runAfter(2 ** attempt * MINUTE, internal.apple.revoke, again);
    return null;
  },
});
