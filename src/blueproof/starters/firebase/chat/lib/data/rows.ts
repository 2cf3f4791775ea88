import type { QueryDocumentSnapshot } from "firebase/firestore";

export type Row = Pick<QueryDocumentSnapshot, "id" | "get">;
export type Rows<R extends Row> = ReadonlyMap<string, R>;

/**
 * What is known, with the newest page as it is now.
 *
 * A row that newer ones have pushed out of the page stays; one that has been removed goes. After
 * a long time offline a full page may have nothing in common with what was known: then there is a
 * gap between the two, and only the page is kept, from which older ones are read again.
 */
export function merged<R extends Row>(
  before: Rows<R>,
  page: readonly R[],
  removed: readonly R[],
  size: number,
): Rows<R> {
  const full = page.length === size;
  const gap = full && before.size > 0 && !page.some((row) => before.has(row.id));
  const after = new Map([...(gap ? [] : before), ...page.map((row) => [row.id, row] as const)]);
  const oldest = page.at(-1);
  for (const row of removed) {
    const pushedOut = full && oldest !== undefined && newestFirst(row, oldest) > 0;
    if (!pushedOut) after.delete(row.id);
  }
  return after;
}

export function newestFirst(a: Row, b: Row): number {
  return timeOf(b) - timeOf(a) || (a.id < b.id ? 1 : -1);
}

function timeOf(row: Row): number {
  return row.get("at", { serverTimestamps: "estimate" })?.toMillis() ?? 0;
}
