import { type DocumentData, Timestamp, type Transaction } from "firebase-admin/firestore";
import { onDocumentWritten } from "firebase-functions/firestore";

import { db } from "./app.js";
import { afterRead, afterReading } from "./hooks.js";

type State = { readAt?: Timestamp; countedAt?: Timestamp; readCount?: number };
type Read = Required<State>;

const NEVER = Timestamp.fromMillis(0);

export function stateOf(uid: string, conversationId: string) {
  return db.doc(`users/${uid}/states/${conversationId}`);
}

/**
 * Counts what a person has newly read: what is unread is the conversation's total less `readCount`.
 *
 * A device says only up to when it has read. The number follows from the documents, so two devices,
 * a late trigger or one that runs twice come to the same number.
 */
export const onState = onDocumentWritten(
  { document: "users/{uid}/states/{conversation}", retry: true },
  async (event) => {
    const { uid, conversation } = event.params;
    const written = event.data?.after.data() as State | undefined;
    if (!written?.readAt || isCounted(written, written.readAt)) return;
    await db.runTransaction(async (transaction) => {
      const ref = stateOf(uid, conversation);
      const state = (await transaction.get(ref)).data() as State | undefined;
      const read = await readUpTo(transaction, conversation, state, state?.readAt ?? NEVER);
      if (read && state) writeRead(transaction, uid, conversation, read);
    });
    for (const act of afterReading) await act(uid, conversation);
  },
);

/** The state of somebody who has read up to `at`, or undefined if it is known already. */
export async function readUpTo(
  transaction: Transaction,
  conversationId: string,
  data: DocumentData | undefined,
  at: Timestamp,
): Promise<Read | undefined> {
  const state = (data ?? {}) as State;
  if (isCounted(state, at)) return undefined;
  const from = state.countedAt ?? NEVER;
  const newly = await transaction.get(
    db
      .collection(`conversations/${conversationId}/messages`)
      .where("at", ">", from)
      .where("at", "<=", at)
      .count(),
  );
  return {
    readAt: later(state.readAt ?? NEVER, at),
    countedAt: at,
    readCount: (state.readCount ?? 0) + newly.data().count,
  };
}

export function writeRead(
  transaction: Transaction,
  uid: string,
  conversationId: string,
  read: Read,
): void {
  transaction.set(stateOf(uid, conversationId), read, { merge: true });
  afterRead.forEach((act) => act(transaction, { uid, conversationId, at: read.readAt }));
}

function isCounted(state: State, at: Timestamp): boolean {
  return state.countedAt !== undefined && at.valueOf() <= state.countedAt.valueOf();
}

function later(a: Timestamp, b: Timestamp): Timestamp {
  return a.valueOf() > b.valueOf() ? a : b;
}
