import { useMemo } from "react";

import { useBlocked } from "./safety";

/** The people whose messages in groups this person does not want to see: whom they have blocked. */
export function useHidden(): ReadonlySet<string> {
  const blocked = useBlocked();
  const key = blocked.map(({ id }) => id).join(" ");
  return useMemo(() => new Set(key.split(" ")), [key]);
}
