import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalAction, internalMutation, mutation } from "./_generated/server";
import { forgetCode, hashOf, newCode } from "./model/emailCodes";
import { spend } from "./model/limits";
import { mail } from "./model/mail";
import { checkedAddress } from "./model/password";
import { byProvenEmail } from "./model/people";
import { TITLE } from "./settings";

const MINUTE = 60_000;
const LIFE = { verify: 24 * 60 * MINUTE, reset: 15 * MINUTE };
const BATCH = 200;

const purposeValidator = v.union(v.literal("verify"), v.literal("reset"));

/**
 * Sends a link for a new password, if the address has an account. The answer is the same if it has
 * none, and comes as fast: what differs happens later, in an action.
 */
export const requestReset = mutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    const email = checkedAddress(args.email);
    await spend(ctx, "reset", email);
    await ctx.scheduler.runAfter(0, internal.email.sendLink, { email, purpose: "reset" });
    return null;
  },
});

export const sendLink = internalAction({
  args: { email: v.string(), purpose: purposeValidator },
  returns: v.null(),
  handler: async (ctx, { email, purpose }) => {
    const code = newCode();
    const hash = await hashOf(code);
    if (!(await ctx.runMutation(internal.email.keepCode, { email, purpose, hash }))) return null;
    const link = `${process.env.CONVEX_SITE_URL}/${purpose}?code=${code}`;
    const { subject, text } = letter(purpose, link);
    await mail(email, subject, text);
    return null;
  },
});

function letter(purpose: "verify" | "reset", link: string): { subject: string; text: string } {
  if (purpose === "verify") {
    const text = `Please confirm that this is your address:\n\n${link}\n\nIf you did not sign up, do nothing.`;
    return { subject: `Confirm your address for ${TITLE}`, text };
  }
  const text = `Set a new password within 15 minutes:\n\n${link}\n\nIf you did not ask for it, do nothing.`;
  return { subject: `A new password for ${TITLE}`, text };
}

/** Keeps a link's hash for the account of an address; false if there is none. */
export const keepCode = internalMutation({
  args: { email: v.string(), purpose: purposeValidator, hash: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { email, purpose, hash }) => {
    const account = await ctx.db
      .query("authAccounts")
      .withIndex("providerAndAccountId", (q) =>
        q.eq("provider", "password").eq("providerAccountId", email),
      )
      .unique();
    if (account === null) return false;
    const { userId } = account;
    await forgetCode(ctx, userId, purpose);
    const expires = Date.now() + LIFE[purpose];
    await ctx.db.insert("emailCodes", { userId, email, purpose, hash, expires });
    return true;
  },
});

/** Takes a link's code, once: the address is proven by it. Null if it is unknown or too old. */
export const takeCode = internalMutation({
  args: { purpose: purposeValidator, hash: v.string() },
  returns: v.union(v.object({ userId: v.id("users"), email: v.string() }), v.null()),
  handler: async (ctx, { purpose, hash }) => {
    const code = await ctx.db
      .query("emailCodes")
      .withIndex("by_hash", (q) => q.eq("hash", hash))
      .unique();
    if (code === null || code.purpose !== purpose) return null;
    await ctx.db.delete(code._id);
    if (code.expires < Date.now()) return null;
    const { userId, email } = code;
    const user = await ctx.db.get(userId);
    if (user?.email !== email) return null;
    if ((await byProvenEmail(ctx, email)) === null) {
      await ctx.db.patch(userId, { emailVerificationTime: Date.now() });
    }
    return { userId, email };
  },
});

export const forgetCodes = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const old = await ctx.db
      .query("emailCodes")
      .withIndex("by_expires", (q) => q.lt("expires", Date.now()))
      .take(BATCH);
    for (const code of old) await ctx.db.delete(code._id);
    if (old.length === BATCH) await ctx.scheduler.runAfter(0, internal.email.forgetCodes, {});
    return null;
  },
});
