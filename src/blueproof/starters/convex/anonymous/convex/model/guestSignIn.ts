import { v } from "convex/values";

import type { Doc } from "../_generated/dataModel";
import { internalMutation, type MutationCtx } from "../_generated/server";

type Store = { _handler(ctx: MutationCtx, given: { args: unknown }): Promise<unknown> };

const SESSIONS = 100;

/**
 * Lets a guest who signs in by Google stay the same person.
 *
 * Google comes back by a request of the browser's that nobody is signed in to. The verifier that the
 * sign-in began with knows whose session that was; where it is a guest's, the call goes on as theirs.
 * The guest's sessions end with it: who began a sign-in that somebody else completes has nothing of it,
 * as the code that opens the new session goes to where the sign-in ends.
 */
export function onBehalfOfGuests(store: unknown) {
  return internalMutation({
    args: { args: v.any() },
    handler: async (ctx, { args }): Promise<unknown> => {
      const session = args.type === "userOAuth" ? await guestSession(ctx, args.signature) : null;
      if (session === null) return await (store as Store)._handler(ctx, { args });
      const answer = await (store as Store)._handler(calledBy(ctx, session), { args });
      await endSessions(ctx, session);
      return answer;
    },
  });
}

async function guestSession(
  ctx: MutationCtx,
  signature: string,
): Promise<Doc<"authSessions"> | null> {
  const verifier = await ctx.db
    .query("authVerifiers")
    .withIndex("signature", (q) => q.eq("signature", signature))
    .unique();
  const session = verifier?.sessionId ? await ctx.db.get(verifier.sessionId) : null;
  if (session === null || session.expirationTime < Date.now()) return null;
  return (await ctx.db.get(session.userId))?.anonymous ? session : null;
}

function calledBy(ctx: MutationCtx, session: Doc<"authSessions">): MutationCtx {
  const subject = `${session.userId}|${session._id}`;
  const identity = { subject, issuer: "", tokenIdentifier: subject };
  return { ...ctx, auth: { ...ctx.auth, getUserIdentity: async () => identity } };
}

/** Only where the guest has become somebody: Google may have led to a person who was there. */
async function endSessions(ctx: MutationCtx, { userId }: Doc<"authSessions">): Promise<void> {
  if ((await ctx.db.get(userId))?.anonymous) return;
  const open = await ctx.db
    .query("authSessions")
    .withIndex("userId", (q) => q.eq("userId", userId))
    .take(SESSIONS);
  for (const each of open) await ctx.db.delete(each._id);
}
