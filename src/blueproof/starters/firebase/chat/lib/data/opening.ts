import { getDoc, serverTimestamp, setDoc } from "firebase/firestore";

import { conversationOf } from "./conversations";
import { isDenied } from "./failure";
import { myId } from "./me";

/** One conversation a pair: its id is made of the two people's, so both who open it open the same. */
export async function openDirect(personId: string): Promise<string> {
  const me = myId();
  if (personId === me) throw new Error("Choose somebody else.");
  const memberIds = [me, personId].sort();
  const id = memberIds.join("_");
  const known = await getDoc(conversationOf(id));
  if (known.exists()) return id;
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
    const other = isDenied(cause) ? await getDoc(conversationOf(id)) : undefined;
    if (!other?.exists()) throw cause;
  }
  return id;
}
