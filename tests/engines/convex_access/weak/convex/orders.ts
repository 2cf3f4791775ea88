import { v } from "convex/values";
import { guarded } from "some-package";

import { action, internalMutation, mutation } from "./_generated/server";

export const pay = internalMutation({
  args: { orderId: v.id("orders") },
  handler: async (ctx, { orderId }) => {
    await ctx.db.patch(orderId, { paid: true });
  },
});

// Everything that is sent is stored.
// open: anonymous, impersonate
export const place = mutation({
  handler: async (ctx, args) => {
    await ctx.db.insert("orders", { ...args });
  },
});

// open: anonymous
export const ask = action({
  args: { question: v.string() },
  handler: async (_ctx, { question }) => {
    const answer = await fetch(`https://models.example/ask?q=${question}`, {
      headers: { Authorization: `Bearer ${process.env.MODEL_KEY}` },
    });
    return await answer.text();
  },
});

// What a package does before it is not known.
// cannot tell: anonymous, write other's
export const cancel = mutation({
  args: { orderId: v.id("orders") },
  handler: async (ctx, { orderId }) => {
    await guarded(ctx, orderId);
    await ctx.db.delete(orderId);
  },
});
