import type { Conversation } from "@/lib/data/types";

/** How many of the others have read up to a time; ids of people who left count for nothing. */
export function readers(
  conversation: Conversation,
  me: string,
  upTo: Record<string, number>,
  at: number,
): number {
  return conversation.people.filter((person) => person.id !== me && (upTo[person.id] ?? 0) >= at)
    .length;
}

export function readLabel(count: number, group: boolean): string | null {
  if (count === 0) return null;
  return group ? `Read by ${count}` : "Read";
}
