import { v, type Infer } from "convex/values";

import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { isShown } from "../hooks";
import { inboxOf, joinedOrNull, type Joined } from "./members";
import { personOf, personValidator, type Person } from "./people";

export const conversationValidator = v.object({
  id: v.string(),
  title: v.string(),
  people: v.array(personValidator),
  group: v.boolean(),
  preview: v.string(),
  at: v.number(),
  unread: v.number(),
  muted: v.boolean(),
});
export type Conversation = Infer<typeof conversationValidator>;

const PEOPLE_SHOWN = 4;

/** As it stands in an inbox: one of two only once something is said, as nobody sees who just looked. */
export async function listed(ctx: QueryCtx, inbox: Doc<"inboxes">): Promise<Conversation | null> {
  const joined = await joinedOrNull(ctx, inbox.conversationId, inbox.userId);
  if (joined === null) return null;
  const { pair, seq } = joined.conversation;
  return pair !== undefined && seq === 0 ? null : await seen(ctx, inbox, joined);
}

/**
 * A conversation as one member sees it, with the first few of its people: this is read anew with
 * each message, the list of all people only when somebody comes or goes.
 *
 * What is unread is the count of the conversation less how far the person has read: two numbers
 * that are each written in one place, so two devices agree and no counter can drift.
 */
async function seen(
  ctx: QueryCtx,
  inbox: Doc<"inboxes">,
  joined: Joined,
): Promise<Conversation> {
  const { conversation } = joined;
  const people = await peopleOf(ctx, conversation._id, PEOPLE_SHOWN);
  return {
    id: conversation._id,
    title: conversation.title ?? nameOfOther(people, inbox.userId),
    people,
    group: conversation.pair === undefined,
    preview: (await isPreviewed(ctx, joined)) ? conversation.preview : "",
    at: conversation.at,
    unread: conversation.seq - inbox.readSeq,
    muted: inbox.muted,
  };
}

/** Neither what was said before the person came, nor what somebody says whom they do not want to see. */
async function isPreviewed(ctx: QueryCtx, { conversation, member }: Joined): Promise<boolean> {
  if (conversation.seq <= member.since) return false;
  const { pair, previewBy } = conversation;
  return pair !== undefined || !previewBy || (await isShown(ctx, member.userId, previewBy));
}

export async function seenBy(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  userId: Id<"users">,
): Promise<Conversation | null> {
  const inbox = await inboxOf(ctx, conversationId, userId);
  const joined = await joinedOrNull(ctx, conversationId, userId);
  return inbox === null || joined === null ? null : await seen(ctx, inbox, joined);
}

export async function peopleOf(
  ctx: QueryCtx,
  conversationId: Id<"conversations">,
  most: number,
): Promise<Person[]> {
  const members = await ctx.db
    .query("members")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
    .take(most);
  return await Promise.all(members.map((member) => personOf(ctx, member.userId)));
}

function nameOfOther(people: Person[], userId: Id<"users">): string {
  return people.find((person) => person.id !== userId)?.name ?? "Deleted account";
}
