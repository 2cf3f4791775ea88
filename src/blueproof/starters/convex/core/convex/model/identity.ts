import { getAuthSessionId, getAuthUserId } from "@convex-dev/auth/server";

import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { userOf } from "./people";
import { refuse } from "./refusal";

/**
 * Who calls, from the signed token and nothing else.
 *
 * A token is valid for up to an hour after its session ended. The session's document is not: so a
 * sign-out, a new password and an erased account take effect at once.
 */
export async function signedIn(ctx: QueryCtx): Promise<Doc<"users"> | null> {
  const userId = await getAuthUserId(ctx);
  const sessionId = await getAuthSessionId(ctx);
  if (userId === null || sessionId === null) return null;
  const session = await ctx.db.get(sessionId);
  return session?.userId === userId ? await userOf(ctx, userId) : null;
}

/** Who calls; nobody else gets any further. */
export async function me(ctx: QueryCtx): Promise<Doc<"users">> {
  return (await signedIn(ctx)) ?? refuse("Please sign in first.");
}
