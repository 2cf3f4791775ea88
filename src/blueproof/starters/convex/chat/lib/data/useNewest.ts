import { useCallback, useState, useSyncExternalStore } from "react";

import { loadedOf, onLoaded } from "@/lib/data/loaded";

const STEP = 60;

/** For how many of the newest messages to ask what hangs on them: as many as are loaded, in steps. */
export function useNewest(id: string): number {
  const count = useSyncExternalStore(
    onLoaded,
    useCallback(() => loadedOf(id), [id]),
  );
  return (Math.floor(count / STEP) + 1) * STEP;
}

/** The last answer, while the next one is on its way. */
export function useKept<T>(answer: T | undefined, otherwise: T): T {
  const [kept, setKept] = useState(otherwise);
  if (answer !== undefined && answer !== kept) setKept(answer);
  return answer ?? kept;
}
