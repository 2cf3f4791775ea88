import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { RATES, type Rate } from "../rates";
import { refuse } from "./refusal";

const BATCH = 100;
const MINUTE = 60_000;

/**
 * Takes one token from a subject's bucket, or refuses.
 *
 * The bucket is a document of its own, one per subject and kind: nobody waits for anybody else's,
 * and it is written in the transaction that it guards, so a refused or failed call costs nothing.
 */
export async function spend(ctx: MutationCtx, kind: Rate, subject: string): Promise<void> {
  const { burst, perMinute } = RATES[kind];
  const now = Date.now();
  const bucket = await ctx.db
    .query("rateLimits")
    .withIndex("by_subject", (q) => q.eq("subject", subject).eq("kind", kind))
    .unique();
  const refilled =
    bucket === null ? burst : bucket.tokens + ((now - bucket.at) / MINUTE) * perMinute;
  const tokens = Math.min(burst, refilled) - 1;
  if (tokens < 0) refuse("That was too often. Please wait a moment and try again.");
  if (bucket === null) await ctx.db.insert("rateLimits", { subject, kind, tokens, at: now });
  else await ctx.db.patch(bucket._id, { tokens, at: now });
}

export async function eraseRates(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const buckets = await ctx.db
    .query("rateLimits")
    .withIndex("by_subject", (q) => q.eq("subject", userId))
    .take(BATCH);
  for (const bucket of buckets) await ctx.db.delete(bucket._id);
  return buckets.length === BATCH;
}
