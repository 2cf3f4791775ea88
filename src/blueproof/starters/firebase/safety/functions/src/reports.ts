import { onDocumentCreated } from "firebase-functions/firestore";

import { db } from "./app.js";
import { drain } from "./batches.js";

/** Keeps what was reported with the report: its author may change or delete it. */
export const onReport = onDocumentCreated(
  { document: "reports/{report}", retry: true },
  async (event) => {
    const ref = db.doc(`reports/${event.params.report}`);
    await db.runTransaction(async (transaction) => {
      const report = (await transaction.get(ref)).data();
      if (!report || report.text !== undefined) return;
      const message = await transaction.get(
        db.doc(`conversations/${report.conversation}/messages/${report.message}`),
      );
      transaction.update(ref, {
        text: message.get("text") ?? "",
        author: message.get("author") ?? "",
      });
    });
  },
);

export async function exportSafety(uid: string) {
  const [blocks, reports] = await Promise.all([
    db.collection(`users/${uid}/blocks`).get(),
    db.collection("reports").where("reporter", "==", uid).get(),
  ]);
  return {
    blocked: blocks.docs.map((each) => each.id),
    reports: reports.docs.map((each) => ({
      reason: each.get("reason"),
      at: each.get("at").toDate().toISOString(),
    })),
  };
}

/** A report goes with its reporter, and with the author of what was reported: then nothing of it is left. */
export async function eraseReports(uid: string): Promise<void> {
  for (const field of ["reporter", "author"]) {
    await drain(db.collection("reports").where(field, "==", uid), (batch, found) =>
      batch.delete(found.ref),
    );
  }
  const blocks = db.collectionGroup("blocks").where("person", "==", uid);
  await drain(blocks, (batch, found) => batch.delete(found.ref));
}
