import { getAuth, type UserRecord } from "firebase-admin/auth";
import { onCall } from "firebase-functions/https";

import { db } from "./app.js";
import { callerOf, options, spend, textOf } from "./callable.js";

/** Finds by an address that its owner has confirmed: an unconfirmed one may be somebody else's. */
export const findPerson = onCall(options, async (request) => {
  const email = textOf((request.data as { email?: unknown }).email, "email", 320);
  await spend(callerOf(request), "find", 30, 3600);
  const user = await getAuth().getUserByEmail(email).catch(absent);
  if (!user?.emailVerified || user.disabled) return { person: null };
  const profile = (await db.doc(`users/${user.uid}`).get()).data();
  if (!profile) return { person: null };
  return {
    person: { id: user.uid, name: profile.name as string, photo: profile.photo as string | null },
  };
});

function absent(error: { code?: string }): UserRecord | undefined {
  if (error.code === "auth/user-not-found" || error.code === "auth/invalid-email") return undefined;
  throw error;
}
