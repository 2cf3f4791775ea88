import { useSyncExternalStore } from "react";

import type { Message } from "./types";

/** Messages that the server has refused, by conversation: it does not keep them, the app still shows them. */
let failed: Readonly<Record<string, readonly Message[]>> = {};
const listeners = new Set<() => void>();
const NONE: readonly Message[] = [];

export function useFailed(conversationId: string): readonly Message[] {
  return useSyncExternalStore(subscribe, () => failed[conversationId] ?? NONE);
}

export function setFailed(conversationId: string, message: Message): void {
  change(conversationId, (list) => [
    message,
    ...list.filter((each) => each.clientId !== message.clientId),
  ]);
}

export function clearFailed(conversationId: string, clientId: string): void {
  change(conversationId, (list) => list.filter((each) => each.clientId !== clientId));
}

function change(id: string, edit: (list: readonly Message[]) => readonly Message[]): void {
  failed = { ...failed, [id]: edit(failed[id] ?? NONE) };
  listeners.forEach((tell) => tell());
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
