export const list = query({
  args: { channelId: v.id("channels") },
  handler: async (ctx, { channelId }) => {
    const messages = await ctx.db
      .query("messages")
      .withIndex("by_channel", (q) => q.eq("channelId", channelId))
      .collect();
    const withAuthors = await Promise.all(
      messages.map(async (m) => ({ ...m, author: await ctx.db.get(m.authorId) })),
    );
    return withAuthors.sort((a, b) => b._creationTime - a._creationTime).slice(0, 50);
  },
});
