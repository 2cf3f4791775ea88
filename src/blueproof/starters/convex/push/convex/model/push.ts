import { v, type Infer } from "convex/values";

import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";

const DEVICES = 10;
const EXPO = "https://exp.host/--/api/v2/push";
const TOKEN = /^Expo(nent)?PushToken\[[\w-]{1,100}\]$/;

export const noticeValidator = v.object({
  title: v.string(),
  body: v.string(),
  data: v.object({ conversationId: v.id("conversations") }),
});
export type Notice = Infer<typeof noticeValidator>;

export function isToken(token: string): boolean {
  return TOKEN.test(token);
}

/** The scheduler runs this after the commit: a message that was rolled back rings nowhere. */
export async function notify(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  await ctx.scheduler.runAfter(0, internal.pushDelivery.fanOut, {
    messageId: message._id,
    cursor: null,
  });
}

export async function tokensOf(ctx: QueryCtx, userId: Id<"users">): Promise<Doc<"pushTokens">[]> {
  return await ctx.db
    .query("pushTokens")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .take(DEVICES);
}

export async function tokenRow(ctx: QueryCtx, token: string): Promise<Doc<"pushTokens"> | null> {
  return await ctx.db
    .query("pushTokens")
    .withIndex("by_token", (q) => q.eq("token", token))
    .unique();
}

export async function openOf(
  ctx: QueryCtx,
  userId: Id<"users">,
): Promise<Doc<"openConversations"> | null> {
  return await ctx.db
    .query("openConversations")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
}

export async function erasePush(ctx: MutationCtx, userId: Id<"users">): Promise<boolean> {
  const tokens = await tokensOf(ctx, userId);
  for (const row of [...tokens, await openOf(ctx, userId)])
    if (row !== null) await ctx.db.delete(row._id);
  return tokens.length === DEVICES;
}

/** An answer of Expo's, as JSON; null if the service is out or asks for patience. */
export async function askExpo(path: "send" | "getReceipts", body: unknown): Promise<unknown> {
  const headers = new Headers({ "Content-Type": "application/json", Accept: "application/json" });
  const key = process.env.EXPO_ACCESS_TOKEN;
  if (key) headers.set("Authorization", `Bearer ${key}`);
  const answer = await reached(`${EXPO}/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (answer === null || answer.status === 429 || answer.status >= 500) return null;
  if (!answer.ok)
    throw new Error(`The push service answered ${answer.status}: ${await answer.text()}`);
  return await answer.json();
}

async function reached(url: string, init: RequestInit): Promise<Response | null> {
  try {
    return await fetch(url, init);
  } catch (error) {
    console.warn("The push service cannot be reached.", error);
    return null;
  }
}
