import { v } from "convex/values";

import type { Doc, Id } from "./_generated/dataModel";
import { mutation, type MutationCtx } from "./_generated/server";
import { afterEdit } from "./hooks";
import { me } from "./model/identity";
import { spend } from "./model/limits";
import { joined, visibleMessage } from "./model/members";
import { blank, changePreview, checkedText, checkReach } from "./model/messages";
import { refuse } from "./model/refusal";

export const edit = mutation({
  args: { messageId: v.id("messages"), text: v.string() },
  returns: v.null(),
  handler: async (ctx, { messageId, text }) => {
    const user = await me(ctx);
    const message = await own(ctx, messageId, user._id);
    if (message.deleted || message.text === "") refuse("This message cannot be edited.");
    await spend(ctx, "change", user._id);
    const { conversation } = await joined(ctx, message.conversationId, user._id);
    await checkReach(ctx, conversation, user._id);
    const changed = { text: checkedText(text), edited: true };
    await ctx.db.patch(messageId, changed);
    await changePreview(ctx, message, changed.text);
    await afterEdit(ctx, { ...message, ...changed });
    return null;
  },
});

/** Takes a message back; its place stays and says so. */
export const remove = mutation({
  args: { messageId: v.id("messages") },
  returns: v.null(),
  handler: async (ctx, { messageId }) => {
    const user = await me(ctx);
    const message = await own(ctx, messageId, user._id);
    if (message.deleted) return null;
    await spend(ctx, "change", user._id);
    await blank(ctx, message);
    return null;
  },
});

async function own(
  ctx: MutationCtx,
  messageId: Id<"messages">,
  userId: Id<"users">,
): Promise<Doc<"messages">> {
  const message = await visibleMessage(ctx, messageId, userId);
  if (message.authorId !== userId) refuse("Only the author may change a message.");
  return message;
}
