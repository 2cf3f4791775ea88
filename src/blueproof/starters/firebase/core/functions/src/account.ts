import { getAuth } from "firebase-admin/auth";
import { FieldValue } from "firebase-admin/firestore";
import { onDocumentCreated } from "firebase-functions/firestore";
import { onCall } from "firebase-functions/https";

import { db } from "./app.js";
import { callerOf, options, spend } from "./callable.js";
import { erasers, exporters } from "./hooks.js";

export const exportAccount = onCall({ ...options, timeoutSeconds: 300 }, async (request) => {
  const uid = callerOf(request);
  await spend(uid, "export", 5, 86_400);
  const [user, profile] = await Promise.all([getAuth().getUser(uid), db.doc(`users/${uid}`).get()]);
  const parts = await Promise.all(
    Object.entries(exporters).map(async ([name, read]) => [name, await read(uid)] as const),
  );
  return {
    account: { email: user.email ?? null, created: user.metadata.creationTime },
    profile: profile.data() ?? null,
    ...Object.fromEntries(parts),
  };
});

/** Ends the account at once; what it leaves behind is removed by `onErasure`, which is retried until it is done. */
export const eraseAccount = onCall(options, async (request) => {
  const uid = callerOf(request);
  await db.doc(`erasures/${uid}`).set({ asked: FieldValue.serverTimestamp() });
  await getAuth().deleteUser(uid).catch(unlessGone);
  return {};
});

export const onErasure = onDocumentCreated(
  { document: "erasures/{uid}", retry: true, timeoutSeconds: 540 },
  async (event) => {
    const { uid } = event.params;
    // First the profile, which the rules ask for: a token that is still valid writes nothing anew.
    await db.doc(`users/${uid}`).delete();
    for (const erase of erasers) await erase(uid);
    await db.recursiveDelete(db.doc(`users/${uid}`));
    await db.recursiveDelete(db.doc(`budgets/${uid}`));
    await getAuth().deleteUser(uid).catch(unlessGone);
    // The mark stays while a token of the account can still be valid, then its time to live ends it.
    const expires = new Date(Date.now() + 86_400_000);
    await db.doc(`erasures/${uid}`).set({ done: FieldValue.serverTimestamp(), expires });
  },
);

function unlessGone(error: { code?: string }): void {
  if (error.code !== "auth/user-not-found") throw error;
}
