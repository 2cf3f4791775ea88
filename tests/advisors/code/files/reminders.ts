import { internalAction, internalMutation, internalQuery } from "./_generated/server";
import { internal } from "./_generated/api";
import { v } from "convex/values";

export const due = internalQuery({
  args: { now: v.number() },
  handler: async (ctx, { now }) =>
    ctx.db
      .query("reminders")
      .withIndex("by_status_due", (q) => q.eq("status", "pending").lte("dueAt", now))
      .take(100),
});

export const claim = internalMutation({
  args: { id: v.id("reminders") },
  handler: async (ctx, { id }) => {
    const r = await ctx.db.get(id);
    if (!r || r.status !== "pending") return false;
    await ctx.db.patch(id, { status: "sending" });
    return true;
  },
});

export const finish = internalMutation({
  args: { id: v.id("reminders"), ok: v.boolean() },
  handler: async (ctx, { id, ok }) => {
    await ctx.db.patch(id, { status: ok ? "sent" : "failed" });
  },
});

export const run = internalAction({
  args: {},
  handler: async (ctx) => {
    const list = await ctx.runQuery(internal.reminders.due, { now: Date.now() });
    for (const r of list) {
      const mine = await ctx.runMutation(internal.reminders.claim, { id: r._id });
      if (!mine) continue;
      const res = await fetch("https://api.resend.com/emails", {
        method: "POST",
        headers: {
          Authorization: `Bearer ${process.env.RESEND_API_KEY}`,
          "Content-Type": "application/json",
          "Idempotency-Key": r._id,
        },
        body: JSON.stringify({ from: "app@example.com", to: r.email, subject: r.title, text: r.body }),
      });
      await ctx.runMutation(internal.reminders.finish, { id: r._id, ok: res.ok });
    }
  },
});
