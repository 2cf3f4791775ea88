import { useAuthActions } from "@convex-dev/auth/react";
import { useCallback } from "react";

import { told } from "@/lib/data/telling";

const NO_ACCOUNT = "No account could be made for this address. Do you have one already?";

export function useAnonymous(): () => Promise<void> {
  const { signIn } = useAuthActions();
  return useCallback(async () => {
    await told(signIn("anonymous"));
  }, [signIn]);
}

/** Signs a guest up; the server sees who calls, and gives the account to the same person. */
export function useUpgrade(): (email: string, password: string, name: string) => Promise<void> {
  const { signIn } = useAuthActions();
  return useCallback(
    async (email, password, name) => {
      await told(signIn("password", { flow: "signUp", email, password, name }), NO_ACCOUNT);
    },
    [signIn],
  );
}
