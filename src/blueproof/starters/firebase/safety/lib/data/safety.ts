import {
  collection,
  deleteDoc,
  doc,
  limit,
  onSnapshot,
  query,
  serverTimestamp,
  setDoc,
} from "firebase/firestore";
import { useEffect, useState } from "react";

import { placeOf } from "./conversations";
import { speaking } from "./failure";
import { db } from "./firebase";
import { myId } from "./me";
import { usePeople } from "./people";
import { useSession } from "./session";
import type { Message, Person } from "./types";

const MOST = 200;

const block = speaking((person: string) =>
  setDoc(doc(blocksOf(myId()), person), { person, at: serverTimestamp() }),
);
const unblock = speaking((person: string) => deleteDoc(doc(blocksOf(myId()), person)));

const report = speaking(async (message: Message, reason: string) => {
  const { conversationId, clientId } = placeOf(message);
  const reporter = myId();
  await setDoc(doc(db, "reports", `${clientId}_${reporter}`), {
    conversation: conversationId,
    message: clientId,
    reporter,
    reason: reason.trim(),
    at: serverTimestamp(),
    open: true,
  });
});

export const useBlock = (): ((personId: string) => Promise<void>) => block;
export const useUnblock = (): ((personId: string) => Promise<void>) => unblock;
export const useReport = (): ((message: Message, reason: string) => Promise<void>) => report;

export function useBlocked(): Person[] {
  const session = useSession();
  const me = session.state === "in" ? session.person.id : null;
  const [ids, setIds] = useState<string[]>([]);
  useEffect(() => {
    setIds([]);
    if (!me) return;
    return onSnapshot(
      query(blocksOf(me), limit(MOST)),
      (found) => setIds(found.docs.map((each) => each.id)),
      () => setIds([]),
    );
  }, [me]);
  return ids.map(usePeople(ids));
}

function blocksOf(uid: string) {
  return collection(db, "users", uid, "blocks");
}
