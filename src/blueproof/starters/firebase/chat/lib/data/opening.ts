import { CryptoDigestAlgorithm, digestStringAsync } from "expo-crypto";
import { getDoc, serverTimestamp, setDoc } from "firebase/firestore";

import { conversationOf } from "./conversations";
import { isDenied } from "./failure";
import { myId } from "./me";

const PAIR = /^[0-9a-f]{64}$/;

/**
 * One conversation a pair: its id is made of the two people's, so both who open it open the same.
 *
 * It is their hash, and names neither of them: it stays when one of them has erased their account.
 */
export async function openDirect(personId: string): Promise<string> {
  const me = myId();
  if (personId === me) throw new Error("Choose somebody else.");
  const memberIds = [me, personId].sort();
  const id = await digestStringAsync(CryptoDigestAlgorithm.SHA256, memberIds.join("_"));
  if (await isThere(id)) return id;
  const fresh = {
    kind: "direct",
    title: "",
    memberIds,
    preview: "",
    total: 0,
    at: serverTimestamp(),
  };
  try {
    await setDoc(conversationOf(id), fresh);
  } catch (cause) {
    if (!isDenied(cause) || !(await isThere(id))) throw cause;
  }
  return id;
}

/** Whether an id is that of a conversation of two. */
export function isPair(id: string): boolean {
  return PAIR.test(id);
}

/** What is not there may not be read either: nobody learns which pairs have a conversation. */
async function isThere(id: string): Promise<boolean> {
  try {
    return (await getDoc(conversationOf(id))).exists();
  } catch (cause) {
    if (isDenied(cause)) return false;
    throw cause;
  }
}
