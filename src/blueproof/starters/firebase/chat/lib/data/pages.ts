import {
  type Query,
  type QueryDocumentSnapshot,
  getDocsFromServer,
  limit,
  onSnapshot,
  query,
  startAfter,
} from "firebase/firestore";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { failure, isDenied, isOffline } from "./failure";
import { type Rows, merged, newestFirst } from "./rows";

type Pages = {
  rows: QueryDocumentSnapshot[];
  loading: boolean;
  more: boolean;
  loadMore: () => void;
};

const NONE: Rows<QueryDocumentSnapshot> = new Map();

/**
 * The newest documents of a query that is ordered by `at` descending, live, and older ones by cursor.
 *
 * Only the newest page is listened to. What new documents push out of it stays in the list, so no
 * gap opens towards the older pages.
 */
export function usePages(key: string, source: () => Query | null, size: number): Pages {
  const known = useRef(NONE);
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
    known.current = NONE;
    setRows(NONE);
    setMore(false);
    setLoading(from !== null);
    if (!from) return;
    return onSnapshot(
      query(from, limit(size)),
      { includeMetadataChanges: true },
      (head) => {
        const removed = head
          .docChanges({ includeMetadataChanges: true })
          .flatMap(({ type, doc }) => (type === "removed" ? [doc] : []));
        known.current = merged(known.current, head.docs, removed, size);
        setRows(known.current);
        setLoading(head.metadata.fromCache && head.empty);
        if (!further.current || known.current.size === size) setMore(head.size === size);
      },
      (cause) => {
        known.current = NONE;
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
    getDocsFromServer(query(from, startAfter(last), limit(size)))
      .then((page) => {
        if (asked.current !== from) return;
        const older = page.docs.map((row) => [row.id, row] as const);
        known.current = new Map([...known.current, ...older]);
        setRows(known.current);
        setMore(page.size === size);
      })
      .catch((cause: unknown) => {
        // Older pages can be asked for again when there is a connection.
        if (!isOffline(cause)) setError(failure(cause));
      })
      .finally(() => {
        busy.current = false;
        setLoading(false);
      });
  }, [sorted, more, size]);

  return { rows: sorted, loading, more, loadMore };
}
