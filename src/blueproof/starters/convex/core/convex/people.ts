import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { me as caller, signedIn } from "./model/identity";
import { spend } from "./model/limits";
import { checkedName, person, personValidator } from "./model/people";

export const me = query({
  args: {},
  returns: v.union(v.object({ person: personValidator, anonymous: v.boolean() }), v.null()),
  handler: async (ctx) => {
    const user = await signedIn(ctx);
    return user === null ? null : { person: person(user), anonymous: user.anonymous };
  },
});

export const rename = mutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    const user = await caller(ctx);
    await spend(ctx, "rename", user._id);
    await ctx.db.patch(user._id, { name: checkedName(name) });
    return null;
  },
});
