import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  users: defineTable({
    name: v.string(),
    email: v.string(),
    tokenIdentifier: v.string(),
    role: v.optional(v.string()),
    credits: v.optional(v.number()),
  }).index("by_token", ["tokenIdentifier"]),
  teams: defineTable({ name: v.string() }),
  members: defineTable({
    teamId: v.id("teams"),
    userId: v.id("users"),
    role: v.string(),
  }).index("by_team_user", ["teamId", "userId"]),
  notes: defineTable({ ownerId: v.id("users"), text: v.string(), shared: v.boolean() })
    .index("by_owner", ["ownerId"])
    .index("by_shared", ["shared"]),
  tasks: defineTable({ teamId: v.id("teams"), title: v.string(), done: v.boolean() })
    .index("by_team", ["teamId"]),
  orders: defineTable({
    userId: v.id("users"),
    shopId: v.optional(v.string()),
    total: v.number(),
    paid: v.boolean(),
  })
    .index("by_user", ["userId"]),
});
