import { FirebaseError } from "firebase/app";

const SENTENCES: Record<string, string> = {
  "permission-denied": "You are not allowed to do that.",
  "resource-exhausted": "That was too often. Try again later.",
  unavailable: "There is no connection. Try again when you are online.",
  unauthenticated: "Sign in first.",
  "auth/email-already-in-use": "There is an account with this email already.",
  "auth/invalid-credential": "Email and password do not match.",
  "auth/invalid-email": "This is not an email address.",
  "auth/network-request-failed": "There is no connection. Try again when you are online.",
  "auth/requires-recent-login": "Sign in again, then repeat this.",
  "auth/too-many-requests": "That was too often. Try again later.",
  "auth/weak-password": "Choose a longer password.",
};

/** What is thrown to a screen: a sentence for people, the cause kept for the monitoring. */
export function failure(cause: unknown): Error {
  return new Error(sentence(cause), { cause });
}

export function isDenied(cause: unknown): boolean {
  return cause instanceof FirebaseError && cause.code === "permission-denied";
}

export function isOffline(cause: unknown): boolean {
  return cause instanceof FirebaseError && cause.code === "unavailable";
}

function sentence(cause: unknown): string {
  if (!(cause instanceof FirebaseError))
    return cause instanceof Error ? cause.message : "Something went wrong.";
  if (cause.code.startsWith("functions/")) {
    const code = cause.code.slice("functions/".length);
    return code === "internal" ? "Something went wrong. Try again." : cause.message;
  }
  return SENTENCES[cause.code] ?? "Something went wrong. Try again.";
}

/** The same function, throwing sentences. */
export function speaking<A extends unknown[], R>(
  act: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await act(...args);
    } catch (cause) {
      throw failure(cause);
    }
  };
}
