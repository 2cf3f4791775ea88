import { httpRouter } from "convex/server";
import { Webhook } from "svix";

import { internal } from "./_generated/api";
import { httpAction } from "./_generated/server";

const http = httpRouter();

http.route({
  path: "/paid",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const event = await verified(request);
    if (!event) return new Response("no", { status: 400 });
    await ctx.runMutation(internal.orders.pay, { orderId: event.orderId });
    return new Response(null, { status: 200 });
  }),
});

async function verified(request: Request) {
  const body = await request.text();
  try {
    return new Webhook(process.env.WEBHOOK_SECRET!).verify(body, {
      "svix-id": request.headers.get("svix-id")!,
    }) as { orderId: never };
  } catch {
    return null;
  }
}

http.route({
  path: "/nightly",
  method: "POST",
  handler: httpAction(async (ctx, request) => {
    const given = request.headers.get("authorization");
    if (given !== `Bearer ${process.env.NIGHTLY_KEY}`) return new Response(null, { status: 401 });
    await ctx.runMutation(internal.orders.sweep, {});
    return new Response(null, { status: 200 });
  }),
});

export default http;
