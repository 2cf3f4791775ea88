import { doc, getDoc, serverTimestamp, writeBatch } from "firebase/firestore";

import { messagesOf } from "./conversations";
import { isDenied } from "./failure";
import { db } from "./firebase";
import { myId } from "./me";

export type Draft = { clientId: string; text: string };

const SLOTS = 20;
const ATTEMPTS = 2;
let next = Math.floor(Math.random() * SLOTS);

/**
 * Writes a message under the id that the device gave it, so a repetition finds it there.
 *
 * The same batch takes one of the person's slots, each of which rests for twenty seconds: that is
 * how the rules hold the rate, and a queue of twenty messages still passes after a time offline.
 */
export async function sendMessage(conversationId: string, draft: Draft): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write(conversationId, draft);
    } catch (cause) {
      if (!isDenied(cause)) throw cause;
      if (await isThere(conversationId, draft.clientId)) return;
      // Another device of this person may have taken the slot: the next one is tried.
      if (attempt === ATTEMPTS)
        throw new Error("This was not sent. Try again in a moment.", { cause });
    }
  }
}

function write(conversationId: string, draft: Draft): Promise<void> {
  const author = myId();
  const slot = String(next);
  next = (next + 1) % SLOTS;
  const message = doc(messagesOf(conversationId), draft.clientId);
  const batch = writeBatch(db);
  batch.set(message, { author, text: draft.text, at: serverTimestamp(), slot });
  batch.set(doc(db, "users", author, "slots", slot), {
    at: serverTimestamp(),
    message: draft.clientId,
  });
  return batch.commit();
}

async function isThere(conversationId: string, clientId: string): Promise<boolean> {
  const found = await getDoc(doc(messagesOf(conversationId), clientId)).catch(() => undefined);
  return found?.get("author") === myId();
}
