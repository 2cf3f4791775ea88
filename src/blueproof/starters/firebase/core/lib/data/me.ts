import type { User } from "firebase/auth";

import { auth } from "./auth";

export function currentUser(): User {
  if (!auth.currentUser) throw new Error("Sign in first.");
  return auth.currentUser;
}

export function myId(): string {
  return currentUser().uid;
}
