import {
  type Query,
  type QueryDocumentSnapshot,
  type QuerySnapshot,
  getDocs,
  limit,
  onSnapshot,
  query,
  startAfter,
} from "firebase/firestore";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { failure, isDenied } from "./failure";

type Rows = ReadonlyMap<string, QueryDocumentSnapshot>;

type Pages = {
  rows: QueryDocumentSnapshot[];
  loading: boolean;
  more: boolean;
  loadMore: () => void;
};

const NONE: Rows = new Map();

/**
 * The newest documents of a query that is ordered by `at` descending, live, and older ones by cursor.
 *
 * Only the newest page is listened to. What new documents push out of it stays in the list, so no
 * gap opens towards the older pages.
 */
export function usePages(key: string, source: () => Query | null, size: number): Pages {
  const [rows, setRows] = useState(NONE);
  const [loading, setLoading] = useState(true);
  const [more, setMore] = useState(false);
  const busy = useRef(false);
  const asked = useRef<Query | null>(null);
  const further = useRef(false);
  const [error, setError] = useState<Error | null>(null);
  if (error) throw error;

  useEffect(() => {
    const from = source();
    asked.current = from;
    further.current = false;
    setRows(NONE);
    setMore(false);
    setLoading(from !== null);
    if (!from) return;
    return onSnapshot(
      query(from, limit(size)),
      { includeMetadataChanges: true },
      (head) => {
        setRows((before) => merged(before, head, size));
        setLoading(head.metadata.fromCache && head.empty);
        if (!further.current) setMore(head.size === size);
      },
      (cause) => {
        setRows(NONE);
        setMore(false);
        setLoading(false);
        // Who has been taken out of a conversation is shown nothing; all else is a fault of ours.
        if (!isDenied(cause)) setError(failure(cause));
      },
    );
    // The key stands for the query: a query is a new object in each render.
  }, [key, size]);

  const sorted = useMemo(() => [...rows.values()].sort(newestFirst), [rows]);
  const loadMore = useCallback(() => {
    const from = asked.current;
    const last = sorted.at(-1);
    if (!from || !last || busy.current || !more) return;
    busy.current = true;
    further.current = true;
    setLoading(true);
    getDocs(query(from, startAfter(last), limit(size)))
      .then((page) => {
        if (asked.current !== from) return;
        setRows((before) => new Map([...before, ...entries(page)]));
        setMore(page.size === size);
      })
      .catch((cause: unknown) => setError(failure(cause)))
      .finally(() => {
        busy.current = false;
        setLoading(false);
      });
  }, [sorted, more, size]);

  return { rows: sorted, loading, more, loadMore };
}

function merged(before: Rows, head: QuerySnapshot, size: number): Rows {
  const after = new Map([...before, ...entries(head)]);
  const oldest = head.docs.at(-1);
  for (const change of head.docChanges({ includeMetadataChanges: true })) {
    const pushedOut =
      head.size === size && oldest !== undefined && newestFirst(change.doc, oldest) > 0;
    if (change.type === "removed" && !pushedOut) after.delete(change.doc.id);
  }
  return after;
}

function entries(page: QuerySnapshot): [string, QueryDocumentSnapshot][] {
  return page.docs.map((each) => [each.id, each]);
}

function newestFirst(a: QueryDocumentSnapshot, b: QueryDocumentSnapshot): number {
  return timeOf(b) - timeOf(a) || (a.id < b.id ? 1 : -1);
}

function timeOf(row: QueryDocumentSnapshot): number {
  return row.get("at", { serverTimestamps: "estimate" })?.toMillis() ?? 0;
}
