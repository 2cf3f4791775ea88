import { readFileSync } from "node:fs";

import { initializeTestEnvironment, type TokenOptions } from "@firebase/rules-unit-testing";
import { type Firestore, Timestamp, doc, setDoc, writeBatch } from "firebase/firestore";
import { afterAll } from "vitest";

type Documents = Record<string, Record<string, unknown>>;

const environment = await initializeTestEnvironment({
  projectId: "demo-app",
  firestore: { rules: readFileSync("firestore.rules", "utf8") },
});
const started = Date.now();

afterAll(() => environment.cleanup());

export function as(uid: string, token: TokenOptions = {}): Firestore {
  return environment.authenticatedContext(uid, token).firestore() as unknown as Firestore;
}

export function nobody(): Firestore {
  return environment.unauthenticatedContext().firestore() as unknown as Firestore;
}

/** Nothing but these documents, whatever the rules say. */
export async function seeded(documents: Documents): Promise<void> {
  await environment.clearFirestore();
  await environment.withSecurityRulesDisabled(async (context) => {
    const db = context.firestore() as unknown as Firestore;
    for (const [path, data] of Object.entries(documents)) await setDoc(doc(db, path), data);
  });
}

/** All of them in one batch. */
export function together(db: Firestore, documents: Documents): Promise<void> {
  const batch = writeBatch(db);
  for (const [path, data] of Object.entries(documents)) batch.set(doc(db, path), data);
  return batch.commit();
}

/** Seconds before the tests began; the same moment for the same number. */
export function ago(seconds: number): Timestamp {
  return Timestamp.fromMillis(started - seconds * 1000);
}
