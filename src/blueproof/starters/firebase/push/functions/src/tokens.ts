import type { DocumentReference } from "firebase-admin/firestore";

import { db } from "./app.js";
import { drain } from "./batches.js";

export type Device = { ref: DocumentReference; uid: string; token: string };

const MOST_IN = 30;

export async function devicesOf(uids: readonly string[]): Promise<Device[]> {
  const parts = [];
  for (let from = 0; from < uids.length; from += MOST_IN) {
    parts.push(
      db
        .collection("tokens")
        .where("uid", "in", uids.slice(from, from + MOST_IN))
        .get(),
    );
  }
  const found = (await Promise.all(parts)).flatMap((part) => part.docs);
  return found.map((each) => ({ ref: each.ref, uid: each.get("uid"), token: each.get("token") }));
}

export async function exportPush(uid: string) {
  const found = await tokensOf(uid).get();
  return found.docs.map((each) => ({
    platform: each.get("platform"),
    at: each.get("at").toDate().toISOString(),
  }));
}

export async function eraseTokens(uid: string): Promise<void> {
  await drain(tokensOf(uid), (batch, found) => batch.delete(found.ref));
}

function tokensOf(uid: string) {
  return db.collection("tokens").where("uid", "==", uid);
}
