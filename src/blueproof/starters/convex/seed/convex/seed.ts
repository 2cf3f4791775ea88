import { v } from "convex/values";

import type { Doc } from "./_generated/dataModel";
import { internalMutation, type MutationCtx } from "./_generated/server";
import { post, previewOf } from "./model/messages";
import { directBetween, openDirect } from "./model/pairs";
import { byProvenEmail } from "./model/people";

const SAMPLES = [
  { name: "Ada Sample", says: ["Hello!", "Did you see the new screen?", "I like it."] },
  { name: "Ben Sample", says: ["Are we still on for Friday?", "Seven o'clock, as always."] },
  { name: "Cleo Sample", says: ["Thank you for yesterday."] },
];

/**
 * Gives somebody who has signed up a few people to talk with:
 * `npx convex run seed:fill '{"email": "you@example.com"}'`. Running it again adds nothing.
 */
export const fill = internalMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, { email }) => {
    if (process.env.SEED !== "allowed")
      throw new Error("SEED is not `allowed` on this deployment.");
    const reader = await ctx.db
      .query("users")
      .withIndex("email", (q) => q.eq("email", email.trim().toLowerCase()))
      .first();
    if (reader === null) throw new Error("Nobody has signed up with this address.");
    for (const { name, says } of SAMPLES) await talk(ctx, await sample(ctx, name), reader, says);
    return null;
  },
});

async function sample(ctx: MutationCtx, name: string): Promise<Doc<"users">> {
  const email = `${name.split(" ")[0]?.toLowerCase()}@sample.invalid`;
  const known = await byProvenEmail(ctx, email);
  if (known !== null) return known;
  const fields = { name, email, emailVerificationTime: Date.now(), anonymous: false };
  const made = await ctx.db.get(await ctx.db.insert("users", fields));
  if (made === null) throw new Error("A person is there after their insert.");
  return made;
}

async function talk(
  ctx: MutationCtx,
  by: Doc<"users">,
  to: Doc<"users">,
  says: string[],
): Promise<void> {
  const known = await directBetween(ctx, by._id, to._id);
  const conversationId = known?._id ?? (await openDirect(ctx, by._id, to._id));
  for (const [index, text] of says.entries()) {
    const clientId = `seed-${to._id}-${index}`;
    await post(ctx, by, { conversationId, clientId, text, preview: previewOf(text) });
  }
}
