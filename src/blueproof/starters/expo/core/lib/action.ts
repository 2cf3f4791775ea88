import { useCallback, useRef, useState } from "react";

import { report } from "@/lib/monitoring";

export type Action<A extends unknown[]> = {
  run: (...given: A) => Promise<boolean>;
  busy: boolean;
  problem: string | null;
  forget: () => void;
};

/** Something that a person started: whether it runs, what to tell them if it failed, and how to unsay it. */
export function useAction<A extends unknown[]>(
  where: string,
  action: (...given: A) => Promise<unknown>,
): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef(false);
  const run = useCallback(
    async (...given: A) => {
      // A second tap may come before the button is drawn as busy.
      if (running.current) return false;
      running.current = true;
      setBusy(true);
      setProblem(null);
      try {
        await action(...given);
        return true;
      } catch (error) {
        report(error, where);
        setProblem(sentence(error));
        return false;
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [action, where],
  );
  const forget = useCallback(() => setProblem(null), []);
  return { run, busy, problem, forget };
}

export function sentence(error: unknown): string {
  return error instanceof Error && error.message
    ? error.message
    : "Something went wrong. Please try again.";
}
