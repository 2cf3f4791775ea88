import {
  type DocumentSnapshot,
  type QueryDocumentSnapshot,
  type Timestamp,
  collection,
  onSnapshot,
  orderBy,
  query,
  setDoc,
  where,
} from "firebase/firestore";
import { useCallback, useEffect, useMemo, useState } from "react";

import { call } from "./call";
import {
  conversationOf,
  endOfMillisecond,
  messageId,
  messagesOf,
  readConversation,
  shownIn,
  stateOf,
  useStates,
} from "./conversations";
import { isDenied, speaking } from "./failure";
import { db } from "./firebase";
import { useHidden } from "./hidden";
import { myId } from "./me";
import { isPair, openDirect } from "./opening";
import { usePages } from "./pages";
import { usePeople } from "./people";
import { isId, isListed, shownTo } from "./seeing";
import { type Draft, sendMessage } from "./sending";
import { useSession } from "./session";
import type { Conversation, Message, Page, Person } from "./types";

const CONVERSATIONS = 20;
const MESSAGES = 30;

export function useInbox(): Page<Conversation> {
  const me = useMe();
  const pages = usePages(
    `inbox ${me}`,
    () =>
      me === null
        ? null
        : query(
            collection(db, "conversations"),
            where("memberIds", "array-contains", me),
            orderBy("at", "desc"),
          ),
    CONVERSATIONS,
  );
  const state = useStates(
    me,
    pages.rows.map((row) => row.id),
  );
  const person = usePeople(pages.rows.flatMap((row) => shownIn(row, me)));
  const hidden = useHidden();
  const items = pages.rows
    .filter(isListed)
    .map((row) => readConversation(row, me, state(row.id), person, hidden));
  return { ...pages, items };
}

export function useConversation(id: string): Conversation | null | undefined {
  const me = useMe();
  const [found, setFound] = useState<DocumentSnapshot | null | undefined>(undefined);
  useEffect(() => {
    setFound(isId(id) ? undefined : null);
    if (!isId(id)) return;
    return onSnapshot(
      conversationOf(id),
      // Without a connection what is not on this device may be there all the same.
      (head) => setFound(head.exists() || !head.metadata.fromCache ? head : undefined),
      () => setFound(null),
    );
  }, [id, me]);
  const state = useStates(me, [id]);
  const person = usePeople((found?.get("memberIds") as string[] | undefined) ?? []);
  const hidden = useHidden();
  if (!found) return found;
  return found.exists() ? readConversation(found, me, state(id), person, hidden) : null;
}

export function useMessages(id: string): Page<Message> {
  const me = useMe();
  const pages = usePages(
    `messages ${id} ${me}`,
    () => (me === null ? null : query(messagesOf(id), orderBy("at", "desc"))),
    MESSAGES,
  );
  const person = usePeople(useAuthors(pages.rows));
  const rows = shownTo(useHidden(), isPair(id), pages.rows);
  return { ...pages, items: rows.map((row) => readMessage(id, row, person)) };
}

/** What the server refuses is thrown and not kept: the outbox of the app has it still. */
export function useSend(id: string): (draft: Draft) => Promise<void> {
  return useCallback(
    speaking((draft: Draft) => sendMessage(id, draft)),
    [id],
  );
}

export function useMarkRead(id: string): (last: Message) => Promise<void> {
  return useCallback(
    speaking(async (last: Message) => {
      if (last.at === null) return;
      const read = { readAt: endOfMillisecond(last.at) };
      await setDoc(stateOf(myId(), id), read, { merge: true }).catch(unlessReadFurther);
    }),
    [id],
  );
}

const find = speaking(async (email: string) => {
  const found = await call<{ person: Person | null }>("findPerson", { email });
  return found.person;
});
const open = speaking(openDirect);

export const useOpenDirect = (): ((personId: string) => Promise<string>) => open;
export const useFindPerson = (): ((email: string) => Promise<Person | null>) => find;

export function useMute(id: string): (muted: boolean) => Promise<void> {
  return useCallback(
    speaking(async (muted: boolean) => {
      await setDoc(stateOf(myId(), id), { muted }, { merge: true });
    }),
    [id],
  );
}

/** The rules refuse to go back: another device of this person has read further. */
function unlessReadFurther(cause: unknown): void {
  if (!isDenied(cause)) throw cause;
}

function useMe(): string | null {
  const session = useSession();
  return session.state === "in" ? session.person.id : null;
}

function useAuthors(rows: readonly QueryDocumentSnapshot[]): string[] {
  return useMemo(() => [...new Set(rows.map((row) => row.get("author") as string))].sort(), [rows]);
}

function readMessage(
  conversationId: string,
  row: QueryDocumentSnapshot,
  person: (id: string) => Person,
): Message {
  const sent = row.get("at") as Timestamp | null;
  return {
    id: messageId(conversationId, row.id),
    clientId: row.id,
    author: person(row.get("author")),
    text: row.get("text"),
    at: sent?.toMillis() ?? null,
    state: row.metadata.hasPendingWrites ? "sending" : "sent",
    edited: row.get("editedAt") !== undefined,
    deleted: row.get("deleted") === true,
  };
}
