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

export default http;
