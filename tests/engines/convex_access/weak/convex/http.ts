import { httpRouter } from "convex/server";

import { internal } from "./_generated/api";
import { httpAction } from "./_generated/server";

const http = httpRouter();

// open: anonymous, write other's
http.route({
  path: "/paid",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const { orderId } = await request.json();
    await ctx.runMutation(internal.orders.pay, { orderId });
    return new Response(null, { status: 200 });
  }),
});

// One part of what was sent is checked, and another used.
// open: write other's
http.route({
  path: "/mine",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const identity = await ctx.auth.getUserIdentity();
    if (identity === null) return new Response(null, { status: 401 });
    const { userId, orderId } = await request.json();
    if (userId !== identity.subject) return new Response(null, { status: 403 });
    await ctx.runMutation(internal.orders.pay, { orderId });
    return new Response(null, { status: 200 });
  }),
});

export default http;
