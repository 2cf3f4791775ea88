import type { Draft } from "@/lib/chat/drafts";

/** The drafts of a stored text; what an older or broken version wrote is left out. */
export function parseDrafts(text: string | null): Draft[] {
  if (text === null) return [];
  const found: unknown = parse(text);
  return Array.isArray(found) ? found.filter(isDraft) : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== "object" || value === null) return false;
  const { clientId, conversationId, text, problem } = value as Record<keyof Draft, unknown>;
  const words = [clientId, conversationId, text].every((each) => typeof each === "string");
  return words && (problem === null || typeof problem === "string");
}
