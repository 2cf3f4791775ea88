import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

/** Has a text looked at after it was stored: nobody waits for a service in order to send. */
export async function moderate(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  if (!process.env.MODERATION_URL || message.text === "") return;
  const look = { messageId: message._id, text: message.text, attempt: 1 };
  await ctx.scheduler.runAfter(0, internal.moderation.look, look);
}
