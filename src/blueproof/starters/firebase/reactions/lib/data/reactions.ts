import {
  type DocumentSnapshot,
  arrayRemove,
  arrayUnion,
  collection,
  deleteField,
  doc,
  getDoc,
  limit,
  onSnapshot,
  orderBy,
  query,
  serverTimestamp,
  setDoc,
} from "firebase/firestore";
import { useEffect, useState } from "react";

import { messageId, placeOf } from "./conversations";
import { speaking } from "./failure";
import { db } from "./firebase";
import { myId } from "./me";
import type { Message } from "./types";

type Reaction = { emoji: string; count: number; mine: boolean };

const NEWEST = 100;

const react = speaking(async (message: Message, emoji: string) => {
  const { conversationId, clientId } = placeOf(message);
  const ref = doc(reactionsOf(conversationId), clientId);
  const me = myId();
  const had = (await getDoc(ref)).data()?.by?.[me];
  const [mine, people] = had === emoji ? [deleteField(), arrayRemove(me)] : [emoji, arrayUnion(me)];
  await setDoc(ref, { by: { [me]: mine }, people, at: serverTimestamp() }, { merge: true });
});

export const useReact = (): ((message: Message, emoji: string) => Promise<void>) => react;

/** One document a message, with one reaction of each person: the hundred that changed last. */
export function useReactions(id: string): Record<string, Reaction[]> {
  const [reactions, setReactions] = useState<Record<string, Reaction[]>>({});
  useEffect(() => {
    setReactions({});
    return onSnapshot(
      query(reactionsOf(id), orderBy("at", "desc"), limit(NEWEST)),
      (found) =>
        setReactions(
          Object.fromEntries(found.docs.map((each) => [messageId(id, each.id), counted(each)])),
        ),
      () => setReactions({}),
    );
  }, [id]);
  return reactions;
}

function counted(found: DocumentSnapshot): Reaction[] {
  const me = myId();
  const by = new Map<string, Reaction>();
  for (const [person, emoji] of Object.entries(found.get("by") as Record<string, string>)) {
    const known = by.get(emoji) ?? { emoji, count: 0, mine: false };
    by.set(emoji, { emoji, count: known.count + 1, mine: known.mine || person === me });
  }
  return [...by.values()].sort((a, b) => b.count - a.count);
}

function reactionsOf(id: string) {
  return collection(db, "conversations", id, "reactions");
}
