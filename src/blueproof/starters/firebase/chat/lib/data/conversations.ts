import {
  type DocumentSnapshot,
  Timestamp,
  collection,
  doc,
  documentId,
  onSnapshot,
  query,
  where,
} from "firebase/firestore";
import { useEffect, useState } from "react";

import { db } from "./firebase";
import type { Conversation, Message, Person } from "./types";

export type State = { readCount: number; muted: boolean };

const UNREAD: State = { readCount: 0, muted: false };
const MOST_IN = 30;

export function conversationOf(id: string) {
  return doc(db, "conversations", id);
}

export function messagesOf(id: string) {
  return collection(db, "conversations", id, "messages");
}

/** A message's id says where it lies: below which conversation, under which id of the device. */
export function messageId(conversationId: string, clientId: string): string {
  return `${conversationId}/${clientId}`;
}

export function placeOf(message: Message): { conversationId: string; clientId: string } {
  const [conversationId = "", clientId = ""] = message.id.split("/");
  return { conversationId, clientId };
}

export function messageOf(message: Message) {
  const { conversationId, clientId } = placeOf(message);
  return doc(messagesOf(conversationId), clientId);
}

export function stateOf(uid: string, conversationId: string) {
  return doc(db, "users", uid, "states", conversationId);
}

/** The server's clock is finer than a number of milliseconds: this is after everything within it. */
export function endOfMillisecond(at: number): Timestamp {
  const start = Timestamp.fromMillis(at);
  return new Timestamp(start.seconds, start.nanoseconds + 999_999);
}

/** What this person has read of each conversation, live: one listener for thirty of them. */
export function useStates(uid: string | null, ids: readonly string[]): (id: string) => State {
  const [states, setStates] = useState<Readonly<Record<string, State>>>({});
  const key = [...ids].sort().join(" ");
  useEffect(() => {
    if (!uid || !key) return;
    const stops = chunks(key.split(" ")).map((some) =>
      onSnapshot(
        query(collection(db, "users", uid, "states"), where(documentId(), "in", some)),
        (found) =>
          setStates((before) => ({ ...before, ...Object.fromEntries(found.docs.map(readState)) })),
        () => setStates({}),
      ),
    );
    return () => stops.forEach((stop) => stop());
  }, [uid, key]);
  return (id) => states[id] ?? UNREAD;
}

export function readConversation(
  found: DocumentSnapshot,
  me: string | null,
  state: State,
  person: (id: string) => Person,
  hidden: ReadonlySet<string>,
): Conversation {
  const data = found.data({ serverTimestamps: "estimate" }) ?? {};
  const group = data.kind === "group";
  const people = (data.memberIds as string[]).filter((id) => id !== me).map(person);
  return {
    id: found.id,
    title: group ? data.title : (people[0]?.name ?? ""),
    people,
    group,
    preview: group && hidden.has(data.previewAuthor) ? "" : data.preview,
    at: data.at.toMillis(),
    unread: Math.max(0, data.total - state.readCount),
    muted: state.muted,
  };
}

/** The people whose names a row of the inbox shows: of a group its title is enough. */
export function shownIn(found: DocumentSnapshot, me: string | null): string[] {
  if (found.get("kind") === "group") return [];
  return (found.get("memberIds") as string[]).filter((id) => id !== me);
}

function readState(found: DocumentSnapshot): [string, State] {
  return [found.id, { readCount: found.get("readCount") ?? 0, muted: found.get("muted") ?? false }];
}

function chunks(ids: readonly string[]): string[][] {
  const parts = [];
  for (let from = 0; from < ids.length; from += MOST_IN)
    parts.push(ids.slice(from, from + MOST_IN));
  return parts;
}
