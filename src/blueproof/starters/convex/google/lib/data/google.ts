import { useAuthActions } from "@convex-dev/auth/react";
import { createURL } from "expo-linking";
import { openAuthSessionAsync } from "expo-web-browser";
import { useCallback } from "react";

import { told } from "@/lib/data/telling";

const FAILED = "Google did not confirm this sign-in. Please try again.";

/** Opens the system's browser, never a web view: the app must not see the password. */
export function useGoogle(): () => Promise<void> {
  const { signIn } = useAuthActions();
  return useCallback(async () => {
    const redirectTo = createURL("");
    const { redirect } = await told(signIn("google", { redirectTo }), FAILED);
    if (redirect === undefined) throw new Error(FAILED);
    const end = await openAuthSessionAsync(redirect.toString(), redirectTo);
    if (end.type !== "success") return;
    const code = new URL(end.url).searchParams.get("code");
    if (code === null) throw new Error(FAILED);
    await told(signIn("google", { code }), FAILED);
  }, [signIn]);
}
