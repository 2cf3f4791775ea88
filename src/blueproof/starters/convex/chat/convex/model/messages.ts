import { v, type Infer } from "convex/values";

import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { afterBlank, afterRead, afterSend, isShown, mayReach } from "../hooks";
import { spend } from "./limits";
import { inboxOf, joined } from "./members";
import { otherOf } from "./pairs";
import { personOf, personValidator } from "./people";
import { refuse } from "./refusal";

const TEXT_LENGTH = 4000;
const CLIENT_ID_LENGTH = 64;
const PREVIEW_LENGTH = 100;

export const messageValidator = v.object({
  id: v.string(),
  clientId: v.string(),
  author: personValidator,
  text: v.string(),
  at: v.number(),
  edited: v.boolean(),
  deleted: v.boolean(),
});
export type Message = Infer<typeof messageValidator>;

export type Draft = {
  conversationId: Id<"conversations">;
  clientId: string;
  text: string;
  preview: string;
};

export async function shown(ctx: QueryCtx, message: Doc<"messages">): Promise<Message> {
  const { _id: id, _creationTime: at, clientId, text, edited, deleted } = message;
  return { id, clientId, author: await personOf(ctx, message.authorId), text, at, edited, deleted };
}

/** The messages of a group without those whose author the reader does not want to see. */
export async function unhidden(
  ctx: QueryCtx,
  messages: Doc<"messages">[],
  reader: Id<"users">,
): Promise<Doc<"messages">[]> {
  const authors = [...new Set(messages.map(({ authorId }) => authorId))];
  const seen = await Promise.all(authors.map((author) => isShown(ctx, reader, author)));
  const known = new Set(authors.filter((_, index) => seen[index]));
  return messages.filter(({ authorId }) => known.has(authorId));
}

export function checkedText(text: string): string {
  const checked = text.trim();
  if (checked === "") refuse("Please write something.");
  if (checked.length > TEXT_LENGTH) refuse(`A message has at most ${TEXT_LENGTH} characters.`);
  return checked;
}

export function previewOf(text: string): string {
  return [...text.replace(/\s+/g, " ")].slice(0, PREVIEW_LENGTH).join("");
}

/**
 * What the author sent under this clientId already, if they did.
 *
 * A phone that got no answer sends again; the second attempt finds the first one's message.
 */
export async function sentBefore(
  ctx: QueryCtx,
  authorId: Id<"users">,
  clientId: string,
): Promise<Doc<"messages"> | null> {
  return await ctx.db
    .query("messages")
    .withIndex("by_author", (q) => q.eq("authorId", authorId).eq("clientId", clientId))
    .unique();
}

/** Stores a message of the caller: the one place where messages come from. */
export async function post(ctx: MutationCtx, author: Doc<"users">, draft: Draft) {
  const { conversation } = await joined(ctx, draft.conversationId, author._id);
  const before = await sentBefore(ctx, author._id, draft.clientId);
  if (before !== null) return again(before, conversation);
  checkClientId(draft.clientId);
  await spend(ctx, "send", author._id);
  await checkReach(ctx, conversation, author._id);
  const message = await stored(ctx, conversation, author._id, draft);
  await afterSend(ctx, message);
  return message._id;
}

function again(before: Doc<"messages">, conversation: Doc<"conversations">): Id<"messages"> {
  if (before.conversationId !== conversation._id) refuse("This was sent to another conversation.");
  return before._id;
}

function checkClientId(clientId: string): void {
  if (clientId === "" || clientId.length > CLIENT_ID_LENGTH)
    refuse("This message has no valid mark.");
}

/** In a direct conversation, refuses unless the other one is there and may be reached. */
export async function checkReach(
  ctx: QueryCtx,
  conversation: Doc<"conversations">,
  authorId: Id<"users">,
): Promise<void> {
  if (conversation.pair === undefined) return;
  const other = await otherOf(ctx, conversation, authorId);
  if (other === null || !(await mayReach(ctx, authorId, other))) {
    refuse("This person cannot be reached.");
  }
}

/**
 * The conversation's document counts its messages. Two who send at once both read the count, the
 * second commit is run again with the new one: so the order has neither gaps nor doubles.
 */
async function stored(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  authorId: Id<"users">,
  draft: Draft,
): Promise<Doc<"messages">> {
  const { conversationId, clientId, text, preview } = draft;
  const seq = conversation.seq + 1;
  const at = Date.now();
  await ctx.db.patch(conversationId, { seq, at, preview, previewBy: authorId });
  const fields = { conversationId, authorId, clientId, seq, text, edited: false, deleted: false };
  const message = await ctx.db.get(await ctx.db.insert("messages", fields));
  if (message === null) throw new Error("A message is there after its insert.");
  await moveUp(ctx, conversation, message, at);
  return message;
}

/** The author has read what they answer to; the two of a direct conversation see it move up. */
async function moveUp(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  message: Doc<"messages">,
  at: number,
): Promise<void> {
  const own = await inboxOf(ctx, conversation._id, message.authorId);
  if (own !== null) await ctx.db.patch(own._id, { at, readSeq: message.seq });
  await afterRead(ctx, message, message.authorId);
  if (conversation.pair === undefined) return;
  const both = await ctx.db
    .query("inboxes")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversation._id))
    .take(2);
  for (const inbox of both) await ctx.db.patch(inbox._id, { at });
}

/** Takes the content of a message away; its place stays, so that nobody's count changes. */
export async function blank(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  await ctx.db.patch(message._id, { text: "", deleted: true });
  await changePreview(ctx, message, "");
  await afterBlank(ctx, message);
}

/** Shows another preview in the inbox, if the message is the last one. */
export async function changePreview(
  ctx: MutationCtx,
  message: Doc<"messages">,
  text: string,
): Promise<void> {
  const conversation = await ctx.db.get(message.conversationId);
  if (conversation?.seq !== message.seq) return;
  const previewBy = text === "" ? undefined : message.authorId;
  await ctx.db.patch(conversation._id, { preview: previewOf(text), previewBy });
}
