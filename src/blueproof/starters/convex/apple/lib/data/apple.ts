import { useAuthActions } from "@convex-dev/auth/react";
import { AppleAuthenticationScope, isAvailableAsync, signInAsync } from "expo-apple-authentication";
import { CryptoDigestAlgorithm, digestStringAsync, randomUUID } from "expo-crypto";
import { useCallback } from "react";

import { told } from "@/lib/data/telling";

const FAILED = "Apple did not confirm this sign-in. Please try again.";

/**
 * Apple signs the hash of a nonce that only this phone knows in clear; the server compares the two,
 * so an identity that was made for another sign-in, or used before, is worth nothing.
 */
export function useApple(): () => Promise<void> {
  const { signIn } = useAuthActions();
  return useCallback(async () => {
    if (!(await isAvailableAsync()))
      throw new Error("Sign in with Apple is not available on this device.");
    const nonce = `${randomUUID()}${randomUUID()}`;
    const found = await asked(await digestStringAsync(CryptoDigestAlgorithm.SHA256, nonce));
    if (found === null) return;
    await told(signIn("apple", { ...found, nonce }), FAILED);
  }, [signIn]);
}

type Answer = { identityToken: string; name: string; code: string };

/** Apple's answer; null if the person closed the dialogue. Apple gives the name the first time only. */
async function asked(nonce: string): Promise<Answer | null> {
  const requestedScopes = [AppleAuthenticationScope.FULL_NAME, AppleAuthenticationScope.EMAIL];
  try {
    const { identityToken, authorizationCode, fullName } = await signInAsync({
      requestedScopes,
      nonce,
    });
    if (identityToken === null || authorizationCode === null) throw new Error(FAILED);
    const name = [fullName?.givenName, fullName?.familyName].filter(Boolean).join(" ");
    return { identityToken, name, code: authorizationCode };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_REQUEST_CANCELED")
      return null;
    throw error;
  }
}
