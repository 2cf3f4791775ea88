import type { Query, QueryDocumentSnapshot, WriteBatch } from "firebase-admin/firestore";

import { db } from "./app.js";

const SIZE = 200;

/** Writes to everything that a query finds, until it finds nothing; the write must take it out of the query. */
export async function drain(
  query: Query,
  write: (batch: WriteBatch, found: QueryDocumentSnapshot) => void,
): Promise<void> {
  for (;;) {
    const found = await query.limit(SIZE).get();
    if (found.empty) return;
    const batch = db.batch();
    found.docs.forEach((each) => write(batch, each));
    await batch.commit();
  }
}
