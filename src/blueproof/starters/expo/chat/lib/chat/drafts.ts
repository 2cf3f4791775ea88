import type { Message, Person } from "@/lib/data/types";

/** A message that the server does not have yet. */
export type Draft = {
  clientId: string;
  conversationId: string;
  text: string;
  problem: string | null;
};

export type Change =
  | { type: "add"; draft: Draft }
  | { type: "restore"; drafts: Draft[] }
  | { type: "drop"; clientId: string }
  | { type: "fail"; clientId: string; problem: string }
  | { type: "retry"; clientId: string }
  | { type: "retryAll" };

export function reduce(drafts: Draft[], change: Change): Draft[] {
  switch (change.type) {
    case "add":
      return [...drafts, change.draft];
    case "restore":
      return [...change.drafts.filter((old) => !has(drafts, old.clientId)), ...drafts];
    case "drop":
      return has(drafts, change.clientId)
        ? drafts.filter((draft) => draft.clientId !== change.clientId)
        : drafts;
    case "fail":
      return drafts.map((draft) =>
        draft.clientId === change.clientId ? { ...draft, problem: change.problem } : draft,
      );
    case "retry":
      return drafts.map((draft) =>
        draft.clientId === change.clientId ? { ...draft, problem: null } : draft,
      );
    case "retryAll":
      return drafts.some((draft) => draft.problem)
        ? drafts.map((draft) => ({ ...draft, problem: null }))
        : drafts;
  }
}

/** The draft of each conversation that is to be sent now: the oldest, so that the order is kept. */
export function next(drafts: Draft[]): Draft[] {
  const seen = new Set<string>();
  return drafts.filter((draft) => {
    if (draft.problem || seen.has(draft.conversationId)) return false;
    seen.add(draft.conversationId);
    return true;
  });
}

/** The server's messages (newest first), with the drafts that it does not have yet before them. */
export function merge(messages: Message[], drafts: Draft[], author: Person): Message[] {
  const known = new Set(messages.map((message) => message.clientId));
  const waiting = drafts
    .filter((draft) => !known.has(draft.clientId))
    .map((draft): Message => asMessage(draft, author))
    .reverse();
  return [...waiting, ...messages];
}

function asMessage({ clientId, text, problem }: Draft, author: Person): Message {
  return {
    id: clientId,
    clientId,
    author,
    text,
    at: null,
    state: problem ? "failed" : "sending",
    edited: false,
    deleted: false,
  };
}

function has(drafts: Draft[], clientId: string): boolean {
  return drafts.some((draft) => draft.clientId === clientId);
}
