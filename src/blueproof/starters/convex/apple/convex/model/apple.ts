import { ConvexCredentials } from "@convex-dev/auth/providers/ConvexCredentials";
import { createAccount } from "@convex-dev/auth/server";

import { internal } from "../_generated/api";
import type { DataModel } from "../_generated/dataModel";
import { checkedIdentity, sha256 } from "./appleIdentity";
import { refuse } from "./refusal";

/** Sign in with Apple by the phone's own dialogue, which gives the app a signed identity. */
export const apple = ConvexCredentials<DataModel>({
  id: "apple",
  authorize: async ({ identityToken, nonce, name, code }, ctx) => {
    if (typeof identityToken !== "string" || typeof nonce !== "string")
      refuse("Apple sent no identity.");
    const identity = await checkedIdentity(identityToken, nonce);
    const fresh = await ctx.runMutation(internal.apple.takeNonce, { nonce: await sha256(nonce) });
    if (!fresh) refuse("This sign-in was used already. Please try again.");
    const { user } = await createAccount(ctx, {
      provider: "apple",
      account: { id: identity.subject },
      profile: {
        name: typeof name === "string" && name !== "" ? name : "New person",
        email: identity.email,
        emailVerified: identity.emailVerified,
        anonymous: false,
      } as { name: string; email?: string; anonymous: boolean },
    });
    if (typeof code === "string") {
      await ctx.scheduler.runAfter(0, internal.apple.keepToken, { userId: user._id, code });
    }
    return { userId: user._id };
  },
});
