import { getAuthUserId } from "@convex-dev/auth/server";
import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { me, myMutation, myQuery } from "./model/access";

export const mine = myQuery({
  args: {},
  handler: async (ctx) =>
    await ctx.db
      .query("notes")
      .withIndex("by_owner", (q) => q.eq("ownerId", ctx.user._id))
      .take(50),
});

export const one = query({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    const userId = await getAuthUserId(ctx);
    if (!userId) return null;
    const note = await ctx.db.get(noteId);
    return note?.ownerId === userId ? note : null;
  },
});

export const add = myMutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) =>
    await ctx.db.insert("notes", { ownerId: ctx.user._id, text, shared: false }),
});

export const edit = mutation({
  args: { noteId: v.id("notes"), text: v.string() },
  handler: async (ctx, { noteId, text }) => {
    const [user, note] = await Promise.all([me(ctx), ctx.db.get(noteId)]);
    if (!note || note.ownerId !== user._id) throw new Error("There is no such note.");
    await ctx.db.patch(note._id, { text });
  },
});

export const removeSome = mutation({
  args: { noteIds: v.array(v.id("notes")) },
  handler: async (ctx, { noteIds }) => {
    const user = await me(ctx);
    for (const noteId of noteIds) {
      const note = await ctx.db.get(noteId);
      if (note === null || note.ownerId !== user._id) continue;
      await ctx.db.delete(noteId);
    }
  },
});

/** An argument that names the caller, and is held against them. */
export const ofPerson = query({
  args: { userId: v.id("users") },
  handler: async (ctx, { userId }) => {
    const user = await me(ctx);
    if (user._id !== userId) throw new Error("Not you.");
    return await ctx.db
      .query("notes")
      .withIndex("by_owner", (q) => q.eq("ownerId", userId))
      .take(50);
  },
});
