import type { Conversation } from "@/lib/data/types";

/** What the app's icon counts: unread messages, those of muted conversations not. */
export function unreadTotal(conversations: Conversation[]): number {
  return conversations.reduce((sum, { muted, unread }) => sum + (muted ? 0 : unread), 0);
}
