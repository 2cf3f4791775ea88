import { Anonymous } from "@convex-dev/auth/providers/Anonymous";

import type { DataModel, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { signedIn } from "./identity";
import { spend } from "./limits";

export const guest = Anonymous<DataModel>({
  profile: () => ({ isAnonymous: true, anonymous: true, name: "Guest" }),
});

/** A guest who signs up keeps their id, and with it all that is theirs. */
export async function callingGuest(ctx: MutationCtx): Promise<Id<"users"> | null> {
  const user = await signedIn(ctx);
  return user?.anonymous ? user._id : null;
}

/** Anybody can become a guest at no cost; all guests together come at a bounded rate. */
export async function countGuest(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  if ((await ctx.db.get(userId))?.anonymous) await spend(ctx, "guest", "everyone");
}
