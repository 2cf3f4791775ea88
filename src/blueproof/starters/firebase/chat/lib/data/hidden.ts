const NOBODY: ReadonlySet<string> = new Set();

/** The people whose messages in groups this person does not want to see. */
export function useHidden(): ReadonlySet<string> {
  return NOBODY;
}
