import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { me } from "./identity";
import { refuse } from "./refusal";

const BATCH = 100;
const RANK = { member: 0, moderator: 1, admin: 2 };

export type Role = keyof typeof RANK;

export function roleOf(user: Doc<"users">): Role {
  return user.role ?? "member";
}

/** The caller, if they are at least this; the role is read from their document at each call. */
export async function atLeast(ctx: QueryCtx, role: Role): Promise<Doc<"users">> {
  const user = await me(ctx);
  if (RANK[roleOf(user)] < RANK[role]) refuse("You may not do this.");
  return user;
}

/** Who decided what, on which person or report. */
export async function note(
  ctx: MutationCtx,
  by: Id<"users">,
  what: string,
  subject: string,
): Promise<void> {
  await ctx.db.insert("decisions", { by, what, subject });
}

export async function eraseDecisions(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const batch = await ctx.db
    .query("decisions")
    .withIndex("by_person", (q) => q.eq("by", userId))
    .take(BATCH);
  for (const decision of batch) await ctx.db.delete(decision._id);
  return batch.length === BATCH;
}
