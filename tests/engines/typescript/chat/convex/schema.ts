import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  members: defineTable({ conversation: v.string(), person: v.string() }).index("by_conversation", [
    "conversation",
    "person",
  ]),
  messages: defineTable({
    conversation: v.string(),
    author: v.string(),
    clientId: v.string(),
    text: v.string(),
  })
    .index("by_conversation", ["conversation"])
    .index("by_client_id", ["author", "clientId"]),
});
