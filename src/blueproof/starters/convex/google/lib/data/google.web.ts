import { useAuthActions } from "@convex-dev/auth/react";
import { useCallback } from "react";

import { told } from "@/lib/data/telling";

const FAILED = "Google did not confirm this sign-in. Please try again.";

/** Leaves the page for Google; the provider takes the code up when the browser comes back. */
export function useGoogle(): () => Promise<void> {
  const { signIn } = useAuthActions();
  return useCallback(async () => {
    await told(signIn("google", { redirectTo: window.location.origin }), FAILED);
  }, [signIn]);
}
