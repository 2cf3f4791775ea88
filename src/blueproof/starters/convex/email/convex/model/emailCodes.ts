import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

const PURPOSES = ["verify", "reset"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A new address is asked to prove itself; until then nobody is found by it, and nothing is linked. */
export async function sendVerification(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  const user = await ctx.db.get(userId);
  if (user?.email === undefined || user.emailVerificationTime !== undefined) return;
  await ctx.scheduler.runAfter(0, internal.email.sendLink, {
    email: user.email,
    purpose: "verify",
  });
}

/** 256 random bits for a link; only the hash is stored. */
export function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace("=", "");
}

export function looksLikeCode(code: unknown): code is string {
  return typeof code === "string" && /^[\w-]{43}$/.test(code);
}

export async function hashOf(code: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function forgetCode(
  ctx: MutationCtx,
  userId: Id<"users">,
  purpose: Purpose,
): Promise<Doc<"emailCodes"> | null> {
  const code = await ctx.db
    .query("emailCodes")
    .withIndex("by_user", (q) => q.eq("userId", userId).eq("purpose", purpose))
    .unique();
  if (code !== null) await ctx.db.delete(code._id);
  return code;
}

export async function eraseEmailCodes(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  for (const purpose of PURPOSES) await forgetCode(ctx, userId, purpose);
  return false;
}
