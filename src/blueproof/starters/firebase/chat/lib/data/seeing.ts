type Row = { get(field: string): unknown };

/** The messages of a group but for those of hidden authors; those of a pair are all shown. */
export function shownTo<R extends Row>(
  hidden: ReadonlySet<string>,
  isPair: boolean,
  rows: readonly R[],
): readonly R[] {
  return isPair ? rows : rows.filter((row) => !hidden.has(row.get("author") as string));
}
