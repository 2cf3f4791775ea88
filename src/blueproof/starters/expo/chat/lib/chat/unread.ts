const MOST_SHOWN = 99;

/** A count as a badge shows it: "" for none, "99+" for many. */
export function badge(count: number): string {
  if (count <= 0) return "";
  return count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count);
}
