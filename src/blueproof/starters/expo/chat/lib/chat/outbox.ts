import { randomUUID } from "expo-crypto";
import { createContext, useCallback, useContext } from "react";

import type { Change, Draft } from "@/lib/chat/drafts";

export type Outbox = { drafts: Draft[]; change: (change: Change) => void };

/** A hook that keeps the drafts over a restart of the app. */
export type DraftKeeper = (outbox: Outbox) => void;

export const OutboxContext = createContext<Outbox | null>(null);

export function useOutbox(): Outbox {
  const outbox = useContext(OutboxContext);
  if (!outbox) throw new Error("There is no OutboxScope around this.");
  return outbox;
}

/** Puts a message into the outbox; it keeps its client id however often it is sent. */
export function useWrite(conversationId: string): (text: string) => void {
  const { change } = useOutbox();
  return useCallback(
    (text) => {
      const draft = { clientId: randomUUID(), conversationId, text, problem: null };
      change({ type: "add", draft });
    },
    [change, conversationId],
  );
}
