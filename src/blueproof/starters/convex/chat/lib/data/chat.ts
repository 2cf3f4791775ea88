import { insertAtTop, useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { useCallback, useEffect, useMemo, useState } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { keepLoaded, loadedOf } from "@/lib/data/loaded";
import { pageOf } from "@/lib/data/paging";
import { told } from "@/lib/data/telling";
import type { Conversation, Message, Page, Person } from "@/lib/data/types";

const CONVERSATIONS = 30;
const MESSAGES = 40;
const RESTORED = 400;

export function useInbox(): Page<Conversation> {
  const found = usePaginatedQuery(api.chat.inbox, {}, { initialNumItems: CONVERSATIONS });
  return useMemo(() => pageOf(found, CONVERSATIONS, (each) => each), [found]);
}

export function useConversation(id: string): Conversation | null | undefined {
  const conversation = useQuery(api.chat.get, { conversationId: id });
  const people = useQuery(api.chat.people, { conversationId: id });
  return useMemo(
    () => (conversation && people ? { ...conversation, people } : conversation),
    [conversation, people],
  );
}

export function useMessages(id: string): Page<Message> {
  const [initialNumItems] = useState(() => Math.min(Math.max(MESSAGES, loadedOf(id)), RESTORED));
  const found = usePaginatedQuery(
    api.chat.list,
    { conversationId: id as Id<"conversations"> },
    { initialNumItems },
  );
  const loaded = found.results.length;
  useEffect(() => keepLoaded(id, loaded), [id, loaded]);
  return useMemo(() => pageOf(found, MESSAGES, shown), [found]);
}

type Stored = Omit<Message, "state" | "at"> & { at: number };

/** A message that waits for the server stands in the list under its client's id. */
function shown(message: Stored): Message {
  const waits = message.id === message.clientId;
  return { ...message, at: waits ? null : message.at, state: waits ? "sending" : "sent" };
}

export function useSend(id: string): (draft: { clientId: string; text: string }) => Promise<void> {
  const send = useMutation(api.chat.send);
  const conversationId = id as Id<"conversations">;
  return useCallback(
    async (draft) => {
      const shownAtOnce = send.withOptimisticUpdate((store, { clientId, text }) => {
        const author = store.getQuery(api.people.me, {})?.person;
        if (author === undefined) return;
        const item = {
          id: clientId,
          clientId,
          author,
          text,
          at: Date.now(),
          edited: false,
          deleted: false,
        };
        insertAtTop({
          paginatedQuery: api.chat.list,
          argsToMatch: { conversationId },
          localQueryStore: store,
          item,
        });
      });
      await told(shownAtOnce({ conversationId, ...draft }));
    },
    [send, conversationId],
  );
}

export function useMarkRead(id: string): (last: Message) => Promise<void> {
  const markRead = useMutation(api.chat.markRead);
  return useCallback(
    async (last) => {
      if (last.state !== "sent") return;
      const messageId = last.id as Id<"messages">;
      await told(markRead({ conversationId: id as Id<"conversations">, messageId }));
    },
    [markRead, id],
  );
}

export function useOpenDirect(): (personId: string) => Promise<string> {
  const open = useMutation(api.chat.openDirect);
  return useCallback((personId) => told(open({ personId: personId as Id<"users"> })), [open]);
}

export function useFindPerson(): (email: string) => Promise<Person | null> {
  const find = useMutation(api.chat.findPerson);
  return useCallback((email) => told(find({ email })), [find]);
}

export function useMute(id: string): (muted: boolean) => Promise<void> {
  const mute = useMutation(api.chat.mute);
  return useCallback(
    async (muted) => {
      await told(mute({ conversationId: id as Id<"conversations">, muted }));
    },
    [mute, id],
  );
}
