import { type QueryDocumentSnapshot, Timestamp } from "firebase-admin/firestore";
import { logger } from "firebase-functions";
import { onSchedule } from "firebase-functions/scheduler";

import { db } from "./app.js";
import { accessToken, isGone, readReceipts } from "./expo-push.js";

/** Expo knows after a quarter of an hour whether a push arrived, and forgets it after a day. */
const READY = 15 * 60_000;
const FORGOTTEN = 24 * 3600_000;
const MOST = 200;

export const readPushReceipts = onSchedule(
  { schedule: "every 15 minutes", secrets: [accessToken] },
  async () => {
    while ((await settleSome()) === MOST);
  },
);

/** How many tickets were settled; those that Expo does not know yet wait for the next run. */
async function settleSome(): Promise<number> {
  const due = Timestamp.fromMillis(Date.now() - READY);
  const tickets = await db
    .collection("tickets")
    .where("at", "<", due)
    .orderBy("at")
    .limit(MOST)
    .get();
  if (tickets.empty) return 0;
  const receipts = await readReceipts(tickets.docs.map((ticket) => ticket.id));
  const settled = tickets.docs.filter(
    (ticket) => receipts[ticket.id] !== undefined || isOld(ticket),
  );
  const batch = db.batch();
  for (const ticket of settled) {
    const receipt = receipts[ticket.id];
    if (receipt && isGone(receipt)) batch.delete(db.doc(`tokens/${ticket.get("device")}`));
    else if (receipt?.status === "error") logger.error("push failed", receipt);
    batch.delete(ticket.ref);
  }
  await batch.commit();
  return settled.length;
}

function isOld(ticket: QueryDocumentSnapshot): boolean {
  return Date.now() - (ticket.get("at") as Timestamp).toMillis() > FORGOTTEN;
}
