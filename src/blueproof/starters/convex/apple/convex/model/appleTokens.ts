import { importPKCS8, SignJWT } from "jose";

import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { IDENTIFIER } from "../settings";

const APPLE = "https://appleid.apple.com";

/** Apple asks that an erased account is taken out of the person's Apple account as well. */
export async function revokeApple(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const kept = await ctx.db
    .query("appleTokens")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .first();
  if (kept === null) return false;
  const { refreshToken } = kept;
  await ctx.scheduler.runAfter(0, internal.apple.revoke, { refreshToken, attempt: 1 });
  await ctx.db.delete(kept._id);
  return true;
}

/** Asks Apple in the name of this app. */
export async function askApple(path: "token" | "revoke", fields: Record<string, string>) {
  return await fetch(`${APPLE}/auth/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ client_id: IDENTIFIER, client_secret: await secret(), ...fields }),
  });
}

async function secret(): Promise<string> {
  const [team, keyId, key] = [
    need("APPLE_TEAM_ID"),
    need("APPLE_KEY_ID"),
    need("APPLE_PRIVATE_KEY"),
  ];
  return await new SignJWT({})
    .setProtectedHeader({ alg: "ES256", kid: keyId })
    .setIssuer(team)
    .setSubject(IDENTIFIER)
    .setAudience(APPLE)
    .setIssuedAt()
    .setExpirationTime("5 minutes")
    .sign(await importPKCS8(key, "ES256"));
}

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set for this deployment.`);
  return value;
}
