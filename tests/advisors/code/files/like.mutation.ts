export const like = mutation({
  args: { postId: v.id("posts") },
  handler: async (ctx, { postId }) => {
    const user = await getUser(ctx);
    const existing = await ctx.db
      .query("likes")
      .filter((q) => q.and(q.eq(q.field("postId"), postId), q.eq(q.field("userId"), user._id)))
      .first();
    if (existing) return;
    await ctx.db.insert("likes", { postId, userId: user._id });
    const post = await ctx.db.get(postId);
    await ctx.db.patch(postId, { likeCount: post!.likeCount + 1 });
  },
});
