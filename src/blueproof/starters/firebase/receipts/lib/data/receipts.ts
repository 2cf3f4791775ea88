import { type Timestamp, collection, limit, onSnapshot, orderBy, query } from "firebase/firestore";
import { useEffect, useState } from "react";

import { db } from "./firebase";

const NEWEST = 50;

/** Of a large group, the people who read last: everybody's receipts would be a read for each of them. */
export function useReadUpTo(id: string): Record<string, number> {
  const [read, setRead] = useState<Record<string, number>>({});
  useEffect(() => {
    setRead({});
    const receipts = collection(db, "conversations", id, "receipts");
    return onSnapshot(
      query(receipts, orderBy("readAt", "desc"), limit(NEWEST)),
      (found) =>
        setRead(
          Object.fromEntries(
            found.docs.map((each) => [each.id, (each.get("readAt") as Timestamp).toMillis()]),
          ),
        ),
      () => setRead({}),
    );
  }, [id]);
  return read;
}
