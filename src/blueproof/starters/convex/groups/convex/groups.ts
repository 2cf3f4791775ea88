import { v } from "convex/values";

import { internal } from "./_generated/api";
import type { Doc, Id } from "./_generated/dataModel";
import { internalMutation, mutation, type MutationCtx } from "./_generated/server";
import { mayReach } from "./hooks";
import { checkedTitle, managed } from "./model/groups";
import { me } from "./model/identity";
import { leave as end } from "./model/leaving";
import { spend } from "./model/limits";
import { join, joined, memberOf } from "./model/members";
import { userOf } from "./model/people";
import { refuse } from "./model/refusal";
import { LARGEST } from "./settings";

const BATCH = 100;

export const create = mutation({
  args: { title: v.string(), people: v.array(v.id("users")) },
  returns: v.id("conversations"),
  handler: async (ctx, { title, people }) => {
    const user = await me(ctx);
    await spend(ctx, "createGroup", user._id);
    const others = [...new Set(people)].filter((id) => id !== user._id);
    checkSize(others.length + 1);
    for (const id of others) await checkReachable(ctx, user._id, id);
    const start = {
      title: checkedTitle(title),
      seq: 0,
      at: Date.now(),
      preview: "",
      size: others.length + 1,
    };
    const conversation = await ctx.db.get(await ctx.db.insert("conversations", start));
    if (conversation === null) throw new Error("A conversation is there after its insert.");
    await ctx.db.patch(await join(ctx, conversation, user._id), { manager: true });
    for (const id of others) await join(ctx, conversation, id);
    return conversation._id;
  },
});

export const add = mutation({
  args: { conversationId: v.id("conversations"), personId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { conversationId, personId }) => {
    const user = await me(ctx);
    const conversation = await managed(ctx, conversationId, user._id);
    await spend(ctx, "changeGroup", user._id);
    if ((await memberOf(ctx, conversationId, personId)) !== null) return null;
    await checkReachable(ctx, user._id, personId);
    await grow(ctx, conversation);
    await join(ctx, conversation, personId);
    return null;
  },
});

export const remove = mutation({
  args: { conversationId: v.id("conversations"), personId: v.id("users") },
  returns: v.null(),
  handler: async (ctx, { conversationId, personId }) => {
    const user = await me(ctx);
    await managed(ctx, conversationId, user._id);
    await spend(ctx, "changeGroup", user._id);
    const member = await memberOf(ctx, conversationId, personId);
    if (member !== null) await end(ctx, member);
    return null;
  },
});

export const leave = mutation({
  args: { conversationId: v.id("conversations") },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const user = await me(ctx);
    const { conversation, member } = await joined(ctx, conversationId, user._id);
    if (conversation.pair !== undefined) refuse("This is not a group.");
    await end(ctx, member);
    return null;
  },
});

/** Moves a large group up in its members' inboxes, a batch of members at a time. */
export const moveUp = internalMutation({
  args: { conversationId: v.id("conversations"), cursor: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { conversationId, cursor }) => {
    const conversation = await ctx.db.get(conversationId);
    if (conversation === null) return null;
    // From here on the next message starts a run of its own.
    if (cursor === null) await ctx.db.patch(conversationId, { moving: false });
    const inboxes = await ctx.db
      .query("inboxes")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .paginate({ numItems: BATCH, cursor });
    for (const inbox of inboxes.page) await ctx.db.patch(inbox._id, { at: conversation.at });
    if (!inboxes.isDone) {
      const next = { conversationId, cursor: inboxes.continueCursor };
      await ctx.scheduler.runAfter(0, internal.groups.moveUp, next);
    }
    return null;
  },
});

async function grow(ctx: MutationCtx, conversation: Doc<"conversations">): Promise<void> {
  const size = (conversation.size ?? 0) + 1;
  checkSize(size);
  await ctx.db.patch(conversation._id, { size });
}

function checkSize(size: number): void {
  if (size > LARGEST) refuse(`A group has at most ${LARGEST} people.`);
}

async function checkReachable(ctx: MutationCtx, from: Id<"users">, to: Id<"users">): Promise<void> {
  if ((await userOf(ctx, to)) === null || !(await mayReach(ctx, from, to))) {
    refuse("One of these people cannot be reached.");
  }
}
