import { v } from "convex/values";
import { guarded } from "some-package";

import { action, internalMutation, mutation } from "./_generated/server";
import { me } from "./who";

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

// As above, of a text; of which table the id is, nothing says.
// cannot tell: write other's
export const payText = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const identity = await ctx.auth.getUserIdentity();
    if (identity === null) throw new Error("Please sign in.");
    const { userId, orderId } = JSON.parse(text);
    if (userId !== identity.subject) throw new Error("Not you.");
    await ctx.db.patch(orderId, { paid: true });
  },
});

// Two things of one team are compared, and only the first is the caller's.
// open: write other's
export const alike = mutation({
  args: { mine: v.id("orders"), other: v.id("orders") },
  handler: async (ctx, { mine, other }) => {
    const user = await me(ctx);
    const [first, second] = [await ctx.db.get(mine), await ctx.db.get(other)];
    if (first?.userId !== user._id) throw new Error("Not yours.");
    if (first.shopId !== second?.shopId) throw new Error("Another shop.");
    await ctx.db.delete(other);
  },
});

// What is stored is made in a way that is not followed.
// open: anonymous
// cannot tell: impersonate
export const assembled = mutation({
  args: { order: v.object({ total: v.number(), userId: v.id("users") }) },
  handler: async (ctx, args) => {
    await ctx.db.insert("orders", Object.assign({}, args.order));
  },
});
