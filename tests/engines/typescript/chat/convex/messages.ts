import { v } from "convex/values";
import { mutation, query, type QueryCtx } from "./_generated/server";

const LONGEST = 4_000;

async function member(ctx: QueryCtx, conversation: string): Promise<string> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) throw new Error("Sign in first.");
  const found = await ctx.db
    .query("members")
    .withIndex("by_conversation", (q) =>
      q.eq("conversation", conversation).eq("person", identity.subject),
    )
    .unique();
  if (found === null) throw new Error("There is no such conversation.");
  return identity.subject;
}

export const send = mutation({
  args: { conversation: v.string(), clientId: v.string(), text: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversation, clientId, text }) => {
    const author = await member(ctx, conversation);
    if (text.length > LONGEST) throw new Error("The message is too long.");
    const before = await ctx.db
      .query("messages")
      .withIndex("by_client_id", (q) => q.eq("author", author).eq("clientId", clientId))
      .unique();
    if (before === null) {
      await ctx.db.insert("messages", { conversation, author, clientId, text });
    }
    return null;
  },
});

export const list = query({
  args: { conversation: v.string() },
  returns: v.array(v.object({ author: v.string(), text: v.string() })),
  handler: async (ctx, { conversation }) => {
    await member(ctx, conversation);
    const found = await ctx.db
      .query("messages")
      .withIndex("by_conversation", (q) => q.eq("conversation", conversation))
      .order("desc")
      .take(50);
    return found.map(({ author, text }) => ({ author, text }));
  },
});
