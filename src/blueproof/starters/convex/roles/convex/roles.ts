import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";

import { internalMutation, mutation, query } from "./_generated/server";
import { me } from "./model/identity";
import { blank } from "./model/messages";
import { bounded } from "./model/paging";
import { byProvenEmail, userOf } from "./model/people";
import { refuse } from "./model/refusal";
import { atLeast, note, roleOf } from "./model/roles";

const roleValidator = v.union(v.literal("member"), v.literal("moderator"), v.literal("admin"));

export const mine = query({
  args: {},
  returns: roleValidator,
  handler: async (ctx) => roleOf(await me(ctx)),
});

/** Gives a role or takes one; the last admin stays one. */
export const grant = mutation({
  args: { personId: v.id("users"), role: roleValidator },
  returns: v.null(),
  handler: async (ctx, { personId, role }) => {
    const admin = await atLeast(ctx, "admin");
    if ((await userOf(ctx, personId)) === null) refuse("There is no such person.");
    const admins = await ctx.db
      .query("users")
      .withIndex("role", (q) => q.eq("role", "admin"))
      .take(2);
    if (role !== "admin" && admins.length === 1 && admins[0]?._id === personId) {
      refuse("Somebody has to be admin: make another one first.");
    }
    await ctx.db.patch(personId, { role: role === "member" ? undefined : role });
    await note(ctx, admin._id, `role: ${role}`, personId);
    return null;
  },
});

/** Makes the first admin: `npx convex run roles:appoint '{"email": "..."}'`. */
export const appoint = internalMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, { email }) => {
    const user = await byProvenEmail(ctx, email.trim().toLowerCase());
    if (user === null) throw new Error("Nobody has proven that this address is theirs.");
    await ctx.db.patch(user._id, { role: "admin" });
    return null;
  },
});

const reportValidator = v.object({
  id: v.string(),
  text: v.string(),
  reason: v.string(),
  at: v.number(),
});

/** The open reports, the oldest first: all that a moderator sees of others' conversations. */
export const reports = query({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(reportValidator),
  handler: async (ctx, { paginationOpts }) => {
    await atLeast(ctx, "moderator");
    const rows = await ctx.db
      .query("reports")
      .withIndex("by_open", (q) => q.eq("open", true))
      .paginate(bounded(paginationOpts));
    const page = rows.page.map(({ _id: id, _creationTime: at, text, reason }) => ({
      id,
      text,
      reason,
      at,
    }));
    return { ...rows, page };
  },
});

/** Closes a report and, if asked, takes the message's content away. */
export const resolve = mutation({
  args: { reportId: v.id("reports"), remove: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { reportId, remove }) => {
    const moderator = await atLeast(ctx, "moderator");
    const report = await ctx.db.get(reportId);
    if (report === null || !report.open) return null;
    await ctx.db.patch(reportId, { open: false });
    const message = remove ? await ctx.db.get(report.messageId) : null;
    if (message !== null && !message.deleted) await blank(ctx, message);
    await note(ctx, moderator._id, remove ? "report: removed" : "report: kept", reportId);
    return null;
  },
});
