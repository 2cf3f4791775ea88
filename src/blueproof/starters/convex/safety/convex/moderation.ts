import { v } from "convex/values";

import { internal } from "./_generated/api";
import { internalAction, internalMutation } from "./_generated/server";
import { blank } from "./model/messages";
import { keepReport } from "./model/reports";

const MINUTE = 60_000;
const ATTEMPTS = 4;

/** Asks the service; one that fails is asked again, a few times and ever later. */
export const look = internalAction({
  args: { messageId: v.id("messages"), text: v.string(), attempt: v.number() },
  returns: v.null(),
  handler: async (ctx, { messageId, text, attempt }) => {
    const answer = await fetch(process.env.MODERATION_URL ?? "", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${process.env.MODERATION_KEY ?? ""}`,
      },
      body: JSON.stringify({ text }),
    });
    if (answer.ok) {
      const { flagged } = (await answer.json()) as { flagged?: unknown };
      if (flagged === true) await ctx.runMutation(internal.moderation.take, { messageId, text });
      return null;
    }
    if (attempt === ATTEMPTS) throw new Error(`The moderation service answered ${answer.status}.`);
    const again = { messageId, text, attempt: attempt + 1 };
    await ctx.scheduler.runAfter(2 ** attempt * MINUTE, internal.moderation.look, again);
    return null;
  },
});

/** Takes a flagged text away and reports it, unless it was changed meanwhile. */
export const take = internalMutation({
  args: { messageId: v.id("messages"), text: v.string() },
  returns: v.null(),
  handler: async (ctx, { messageId, text }) => {
    const message = await ctx.db.get(messageId);
    if (message === null || message.text !== text) return null;
    await keepReport(ctx, message, null, "Flagged by the moderation service.");
    await blank(ctx, message);
    return null;
  },
});
