import { v } from "convex/values";

import { internal } from "./_generated/api";
import type { Doc, Id } from "./_generated/dataModel";
import { internalAction, internalMutation, type MutationCtx } from "./_generated/server";
import { isShown, mayReach } from "./hooks";
import { previewOf } from "./model/messages";
import { personOf } from "./model/people";
import { askExpo, noticeValidator, openOf, tokenRow, tokensOf, type Notice } from "./model/push";

const MEMBERS_AT_ONCE = 100;
/** What Expo takes in one request. */
const MESSAGES_AT_ONCE = 100;
const ATTEMPTS = 5;
const FIRST_PAUSE = 10_000;

/** Finds whose phones a message rings, a batch of members at a time. */
export const fanOut = internalMutation({
  args: { messageId: v.id("messages"), cursor: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { messageId, cursor }) => {
    const message = await ctx.db.get(messageId);
    if (message === null || message.deleted) return null;
    const inboxes = await ctx.db
      .query("inboxes")
      .withIndex("by_conversation", (q) => q.eq("conversationId", message.conversationId))
      .paginate({ numItems: MEMBERS_AT_ONCE, cursor });
    const conversation = await ctx.db.get(message.conversationId);
    const reaches = conversation?.pair === undefined ? isShown : mayReach;
    const tokens = await Promise.all(
      inboxes.page.map((inbox) => ringing(ctx, inbox, message, reaches)),
    );
    await schedule(ctx, message, tokens.flat());
    if (!inboxes.isDone) {
      const next = { messageId, cursor: inboxes.continueCursor };
      await ctx.scheduler.runAfter(0, internal.pushDelivery.fanOut, next);
    }
    return null;
  },
});

/** Whether a message of an author's reaches a reader. */
type Reaches = (
  ctx: MutationCtx,
  reader: Id<"users">,
  author: Id<"users">,
) => Promise<boolean>;

/** The phones of a member; none of the author, of who muted, looks at it or is out of reach. */
async function ringing(
  ctx: MutationCtx,
  inbox: Doc<"inboxes">,
  message: Doc<"messages">,
  reaches: Reaches,
): Promise<string[]> {
  if (inbox.userId === message.authorId || inbox.muted) return [];
  const open = await openOf(ctx, inbox.userId);
  if (open?.conversationId === inbox.conversationId && open.until > Date.now()) return [];
  if (!(await reaches(ctx, inbox.userId, message.authorId))) return [];
  return (await tokensOf(ctx, inbox.userId)).map(({ token }) => token);
}

async function schedule(
  ctx: MutationCtx,
  message: Doc<"messages">,
  tokens: string[],
): Promise<void> {
  if (tokens.length === 0) return;
  const notice = await noticeOf(ctx, message);
  for (let start = 0; start < tokens.length; start += MESSAGES_AT_ONCE) {
    const batch = tokens.slice(start, start + MESSAGES_AT_ONCE);
    const delivery = { notice, tokens: batch, attempt: 1 };
    await ctx.scheduler.runAfter(0, internal.pushDelivery.deliver, delivery);
  }
}

async function noticeOf(ctx: MutationCtx, message: Doc<"messages">): Promise<Notice> {
  const { conversationId } = message;
  const conversation = await ctx.db.get(conversationId);
  const { name } = await personOf(ctx, message.authorId);
  const text = previewOf(message.text) || "New message";
  const title = conversation?.title;
  const data = { conversationId };
  return title ? { title, body: `${name}: ${text}`, data } : { title: name, body: text, data };
}

type Ticket = { status?: string; id?: string; message?: string; details?: { error?: string } };

/** Hands a batch to Expo; a service that is out is asked again, ever later, a few times. */
export const deliver = internalAction({
  args: { notice: noticeValidator, tokens: v.array(v.string()), attempt: v.number() },
  returns: v.null(),
  handler: async (ctx, { notice, tokens, attempt }) => {
    const messages = tokens.map((to) => ({
      to,
      sound: "default",
      channelId: "messages",
      ...notice,
    }));
    const answer = (await askExpo("send", messages)) as { data?: Ticket[] } | null;
    if (answer === null) {
      if (attempt === ATTEMPTS) throw new Error("A push message was given up.");
      const again = { notice, tokens, attempt: attempt + 1 };
      await ctx.scheduler.runAfter(
        FIRST_PAUSE * 2 ** attempt,
        internal.pushDelivery.deliver,
        again,
      );
      return null;
    }
    const tickets = tokens.map((token, index) => outcome(token, answer.data?.[index]));
    await ctx.runMutation(internal.pushDelivery.keepTickets, { tickets });
    return null;
  },
});

function outcome(token: string, ticket: Ticket | undefined) {
  const error = ticket?.details?.error;
  if (ticket?.status !== "ok")
    console.warn("A push message was refused.", error ?? ticket?.message);
  return { token, ticket: ticket?.id ?? null, gone: error === "DeviceNotRegistered" };
}

/** Keeps the tickets, whose receipts come later; forgets phones that are gone. */
export const keepTickets = internalMutation({
  args: {
    tickets: v.array(
      v.object({ token: v.string(), ticket: v.union(v.string(), v.null()), gone: v.boolean() }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { tickets }) => {
    for (const { token, ticket, gone } of tickets) {
      const row = gone ? await tokenRow(ctx, token) : null;
      if (row !== null) await ctx.db.delete(row._id);
      if (ticket !== null) await ctx.db.insert("pushTickets", { ticket, token });
    }
    return null;
  },
});
