import type { Joined } from "./members";

export const MOST_NEWEST = 1000;

/** The place before the newest messages of a conversation that a member may see. */
export function before({ conversation, member }: Joined, newest: number): number {
  const count = Math.min(Math.max(newest, 0), MOST_NEWEST);
  return Math.max(conversation.seq - count, member.since);
}
