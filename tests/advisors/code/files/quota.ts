import { internalMutation } from "./_generated/server";

export const resetDailyQuota = internalMutation({
  args: {},
  handler: async (ctx) => {
    const users = await ctx.db.query("users").collect();
    for (const u of users) {
      ctx.db.patch(u._id, { quotaUsed: 0 });
    }
  },
});
