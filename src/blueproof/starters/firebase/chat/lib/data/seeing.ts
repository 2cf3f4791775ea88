type Row = { get(field: string): unknown };

/** The messages of a group but for those of hidden authors; those of a pair are all shown. */
export function shownTo<R extends Row>(
  hidden: ReadonlySet<string>,
  isPair: boolean,
  rows: readonly R[],
): readonly R[] {
  return isPair ? rows : rows.filter((row) => !hidden.has(row.get("author") as string));
}

/** A conversation of two stands in no inbox until something is said: nobody sees who only looked. */
export function isListed(row: Row): boolean {
  return row.get("kind") === "group" || (row.get("total") as number) > 0;
}

/** Whether it can be an id at all: what comes from a link may hold anything. */
export function isId(text: string): boolean {
  return /^[\w-]{1,128}$/.test(text);
}
