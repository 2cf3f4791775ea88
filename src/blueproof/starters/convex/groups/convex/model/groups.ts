import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { joined } from "./members";
import { refuse } from "./refusal";

const TITLE_LENGTH = 80;
/** Up to this size everybody's inbox moves with the message; beyond it, shortly after. */
const TOGETHER = 32;
const SHORTLY = 1000;

export function checkedTitle(title: string): string {
  const checked = title.replace(/\s+/g, " ").trim();
  if (checked === "") refuse("Please give the group a name.");
  if (checked.length > TITLE_LENGTH)
    refuse(`A group's name has at most ${TITLE_LENGTH} characters.`);
  return checked;
}

/** A group that the caller manages; others are refused. */
export async function managed(
  ctx: MutationCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Doc<"conversations">> {
  const { conversation, member } = await joined(ctx, conversationId, userId);
  if (conversation.pair !== undefined) refuse("This is not a group.");
  if (!member.manager) refuse("Only who manages the group may do this.");
  return conversation;
}

/**
 * Moves a group up in its members' inboxes.
 *
 * What is last said and what is unread are read from the conversation, so they are right at once
 * for everybody. Only the order of an inbox needs a write for each member. In a small group these
 * writes are part of sending. In a large one they would make each message wait for hundreds of
 * documents that its members write too; there one run, a second later, serves all messages of that
 * second.
 */
export async function moveGroupUp(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  const conversation = await ctx.db.get(message.conversationId);
  if (conversation === null || conversation.pair !== undefined || conversation.moving) return;
  const { _id: conversationId, size = 0, at } = conversation;
  if (size > TOGETHER) {
    await ctx.db.patch(conversationId, { moving: true });
    await ctx.scheduler.runAfter(SHORTLY, internal.groups.moveUp, { conversationId, cursor: null });
    return;
  }
  const inboxes = await ctx.db
    .query("inboxes")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
    .take(TOGETHER);
  for (const inbox of inboxes) await ctx.db.patch(inbox._id, { at });
}

/** Counts a member who left; a group without anybody who manages it goes to its oldest member. */
export async function shrink(ctx: MutationCtx, member: Doc<"members">): Promise<void> {
  const conversation = await ctx.db.get(member.conversationId);
  if (conversation === null || conversation.pair !== undefined) return;
  await ctx.db.patch(conversation._id, { size: (conversation.size ?? 1) - 1 });
  if (!member.manager || (await first(ctx, conversation._id, true)) !== null) return;
  const oldest = await first(ctx, conversation._id, undefined);
  if (oldest !== null) await ctx.db.patch(oldest._id, { manager: true });
}

async function first(
  ctx: MutationCtx,
  conversationId: Id<"conversations">,
  manager: true | undefined,
): Promise<Doc<"members"> | null> {
  return await ctx.db
    .query("members")
    .withIndex("by_conversation_manager", (q) =>
      q.eq("conversationId", conversationId).eq("manager", manager),
    )
    .first();
}
