import { FieldPath, FieldValue } from "firebase-admin/firestore";

import { db } from "./app.js";
import { drain } from "./batches.js";

export async function eraseReactions(uid: string): Promise<void> {
  const mine = db.collectionGroup("reactions").where("people", "array-contains", uid);
  await drain(mine, (batch, found) =>
    batch.update(
      found.ref,
      "people",
      FieldValue.arrayRemove(uid),
      new FieldPath("by", uid),
      FieldValue.delete(),
    ),
  );
}
