import { useErase } from "@/lib/data/account";
import { useSignOut } from "@/lib/data/session";
import { leaving } from "@/lib/slots/core";

/** What features undo on this device, then the sign-out itself. */
export function useLeave(): () => Promise<void> {
  return useAfterSteps(useSignOut());
}

export function useEraseAndLeave(): () => Promise<void> {
  return useAfterSteps(useErase());
}

function useAfterSteps(last: () => Promise<void>): () => Promise<void> {
  const steps = leaving.map((useStep) => useStep());
  return async () => {
    for (const step of steps) await step();
    await last();
  };
}
