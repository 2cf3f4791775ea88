import type { Draft } from "@/lib/chat/drafts";

/** The drafts of a stored text, to be sent again; what a broken version wrote is left out. */
export function parseDrafts(text: string | null): Draft[] {
  if (text === null) return [];
  const found: unknown = parse(text);
  if (!Array.isArray(found)) return [];
  return found.filter(isDraft).map((draft) => ({ ...draft, problem: null }));
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
  const { clientId, conversationId, text } = value as Record<keyof Draft, unknown>;
  return [clientId, conversationId, text].every((each) => typeof each === "string");
}
