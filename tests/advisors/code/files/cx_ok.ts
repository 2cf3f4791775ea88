import { mutation, query } from "./_generated/server";
import { v } from "convex/values";
import { paginationOptsValidator } from "convex/server";

export const list = query({
  args: { channelId: v.id("channels"), paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) =>
    ctx.db
      .query("messages")
      .withIndex("by_channel", (q) => q.eq("channelId", args.channelId))
      .order("desc")
      .paginate(args.paginationOpts),
});

export const rename = mutation({
  args: { id: v.id("channels"), name: v.string() },
  handler: async (ctx, { id, name }) => {
    const channel = await ctx.db.get(id);
    if (!channel) throw new Error("no such channel");
    await ctx.db.patch(id, { name, renamedAt: Date.now() });
  },
});
