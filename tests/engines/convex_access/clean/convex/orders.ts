import { v } from "convex/values";

import { internalMutation, query } from "./_generated/server";
import { me } from "./model/access";

export const pay = internalMutation({
  args: { orderId: v.id("orders") },
  handler: async (ctx, { orderId }) => {
    await ctx.db.patch(orderId, { paid: true });
  },
});

export const sweep = internalMutation({
  args: {},
  handler: async (ctx) => {
    for (const order of await ctx.db.query("orders").take(100)) await ctx.db.delete(order._id);
  },
});

export const mine = query({
  args: {},
  handler: async (ctx) => {
    const user = await me(ctx);
    const orders = await ctx.db.query("orders").take(1000);
    return orders.filter((order) => order.userId === user._id);
  },
});
