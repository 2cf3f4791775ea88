import { v } from "convex/values";

import { mutation, query } from "./_generated/server";
import { looksAtMe, me } from "./who";

// open: anonymous, enumerate
export const all = query({
  args: {},
  handler: async (ctx) => await ctx.db.query("notes").collect(),
});

// open: other's id
export const one = query({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    await me(ctx);
    return await ctx.db.get(noteId);
  },
});

// The owner is compared, and the note given all the same.
// open: other's id
export const badlyCompared = query({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    const user = await me(ctx);
    const note = await ctx.db.get(noteId);
    if (note !== null && note.ownerId !== user._id) console.warn("somebody else's");
    return note;
  },
});

// Checked is one note, changed another.
// open: write other's
export const wrongOne = mutation({
  args: { mine: v.id("notes"), target: v.id("notes"), text: v.string() },
  handler: async (ctx, { mine, target, text }) => {
    const user = await me(ctx);
    const note = await ctx.db.get(mine);
    if (note?.ownerId !== user._id) throw new Error("Not yours.");
    await ctx.db.patch(target, { text });
  },
});

// open: write other's
export const remove = mutation({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    await me(ctx);
    await ctx.db.delete(noteId);
  },
});

// The person is an argument.
// open: anonymous, other's id
export const ofPerson = query({
  args: { userId: v.id("users") },
  handler: async (ctx, { userId }) =>
    await ctx.db
      .query("notes")
      .withIndex("by_owner", (q) => q.eq("ownerId", userId))
      .take(50),
});

// open: impersonate
export const add = mutation({
  args: { ownerId: v.id("users"), text: v.string() },
  handler: async (ctx, { ownerId, text }) => {
    await me(ctx);
    await ctx.db.insert("notes", { ownerId, text, shared: false });
  },
});

// open: anonymous
export const addUnsigned = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const user = await looksAtMe(ctx);
    if (user) await ctx.db.insert("notes", { ownerId: user._id, text, shared: false });
    else await ctx.db.insert("notes", { ownerId: "nobody" as never, text, shared: true });
  },
});

// Only one branch looks.
// open: write other's
export const share = mutation({
  args: { noteId: v.id("notes"), shared: v.boolean() },
  handler: async (ctx, { noteId, shared }) => {
    const user = await me(ctx);
    const note = await ctx.db.get(noteId);
    if (shared && note?.ownerId !== user._id) throw new Error("Not yours.");
    await ctx.db.patch(noteId, { shared });
  },
});

// Nobody waits for the check.
// open: anonymous, write other's
export const unawaited = mutation({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    me(ctx);
    await ctx.db.delete(noteId);
  },
});

// What is refused is caught, and forgotten.
// open: anonymous, write other's
export const swallowed = mutation({
  args: { noteId: v.id("notes") },
  handler: async (ctx, { noteId }) => {
    try {
      const user = await me(ctx);
      const note = await ctx.db.get(noteId);
      if (note?.ownerId !== user._id) throw new Error("Not yours.");
    } catch (error) {
      console.warn(error);
    }
    await ctx.db.delete(noteId);
  },
});
