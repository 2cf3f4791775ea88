import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { afterRead, mayReach } from "./hooks";
import {
  conversationValidator,
  listed,
  peopleOf,
  seenBy,
  type Conversation,
} from "./model/conversations";
import { me, signedIn } from "./model/identity";
import { spend } from "./model/limits";
import { inboxOf, joined, memberOf, visibleMessage } from "./model/members";
import {
  checkedText,
  messageValidator,
  post,
  previewOf,
  shown,
  unhidden,
} from "./model/messages";
import { bounded } from "./model/paging";
import { directBetween, openDirect as open } from "./model/pairs";
import { byProvenEmail, person, personValidator, userOf } from "./model/people";
import { refuse } from "./model/refusal";
import { LARGEST } from "./settings";

/** The caller's conversations, the latest first; read from rows of their own, without any message. */
export const inbox = query({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(conversationValidator),
  handler: async (ctx, { paginationOpts }) => {
    const user = await me(ctx);
    const rows = await ctx.db
      .query("inboxes")
      .withIndex("by_user_at", (q) => q.eq("userId", user._id))
      .order("desc")
      .paginate(bounded(paginationOpts));
    const all = await Promise.all(rows.page.map((row) => listed(ctx, row)));
    return { ...rows, page: all.filter((each): each is Conversation => each !== null) };
  },
});

/** One conversation; null for everybody who is not a member, and for what is no id: it comes from a link. */
export const get = query({
  args: { conversationId: v.string() },
  returns: v.union(conversationValidator, v.null()),
  handler: async (ctx, { conversationId }) => {
    const user = await signedIn(ctx);
    const id = ctx.db.normalizeId("conversations", conversationId);
    return user === null || id === null ? null : await seenBy(ctx, id, user._id);
  },
});

/** Everybody in a conversation; null as above. */
export const people = query({
  args: { conversationId: v.string() },
  returns: v.union(v.array(personValidator), v.null()),
  handler: async (ctx, { conversationId }) => {
    const user = await signedIn(ctx);
    const id = ctx.db.normalizeId("conversations", conversationId);
    if (user === null || id === null || (await memberOf(ctx, id, user._id)) === null) return null;
    return await peopleOf(ctx, id, LARGEST);
  },
});

/** The messages of a conversation, the newest first. */
export const list = query({
  args: { conversationId: v.id("conversations"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(messageValidator),
  handler: async (ctx, { conversationId, paginationOpts }) => {
    const user = await me(ctx);
    const { conversation, member } = await joined(ctx, conversationId, user._id);
    const rows = await ctx.db
      .query("messages")
      .withIndex("by_conversation", (q) =>
        q.eq("conversationId", conversationId).gt("seq", member.since),
      )
      .order("desc")
      .paginate(bounded(paginationOpts));
    const seen = conversation.pair === undefined ? await unhidden(ctx, rows.page, user._id) : rows.page;
    return { ...rows, page: await Promise.all(seen.map((row) => shown(ctx, row))) };
  },
});

export const send = mutation({
  args: { conversationId: v.id("conversations"), clientId: v.string(), text: v.string() },
  returns: v.id("messages"),
  handler: async (ctx, { conversationId, clientId, text }) => {
    const user = await me(ctx);
    const checked = checkedText(text);
    return await post(ctx, user, {
      conversationId,
      clientId,
      text: checked,
      preview: previewOf(checked),
    });
  },
});

/** Moves on how far the caller has read, never back: the other device may be ahead. */
export const markRead = mutation({
  args: { conversationId: v.id("conversations"), messageId: v.id("messages") },
  returns: v.null(),
  handler: async (ctx, { conversationId, messageId }) => {
    const user = await me(ctx);
    const message = await visibleMessage(ctx, messageId, user._id);
    if (message.conversationId !== conversationId) refuse("There is no such message.");
    const row = await inboxOf(ctx, conversationId, user._id);
    if (row === null || row.readSeq >= message.seq) return null;
    await ctx.db.patch(row._id, { readSeq: message.seq });
    await afterRead(ctx, message, user._id);
    return null;
  },
});

export const mute = mutation({
  args: { conversationId: v.id("conversations"), muted: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { conversationId, muted }) => {
    const user = await me(ctx);
    await joined(ctx, conversationId, user._id);
    const row = await inboxOf(ctx, conversationId, user._id);
    if (row !== null && row.muted !== muted) await ctx.db.patch(row._id, { muted });
    return null;
  },
});

/** The one direct conversation with a person, made if it is not there. */
export const openDirect = mutation({
  args: { personId: v.id("users") },
  returns: v.id("conversations"),
  handler: async (ctx, { personId }) => {
    const user = await me(ctx);
    const known = await directBetween(ctx, user._id, personId);
    if (known !== null) return known._id;
    await spend(ctx, "open", user._id);
    const other = await userOf(ctx, personId);
    if (other === null || other._id === user._id || !(await mayReach(ctx, user._id, other._id))) {
      refuse("This person cannot be reached.");
    }
    return await open(ctx, user._id, other._id);
  },
});

/**
 * A person by their whole address, if they proved that it is theirs. A mutation, as looking up is
 * counted: nobody walks through a list of addresses.
 */
export const findPerson = mutation({
  args: { email: v.string() },
  returns: v.union(personValidator, v.null()),
  handler: async (ctx, { email }) => {
    const user = await me(ctx);
    await spend(ctx, "find", user._id);
    const found = await byProvenEmail(ctx, email.trim().toLowerCase());
    if (found === null || !(await mayReach(ctx, user._id, found._id))) return null;
    return person(found);
  },
});
