import { CryptoDigestAlgorithm, digestStringAsync } from "expo-crypto";
import { deleteDoc, doc, serverTimestamp, setDoc } from "firebase/firestore";

import { speaking } from "./failure";
import { db } from "./firebase";
import { myId } from "./me";

type Platform = "ios" | "android";

const save = speaking(async (token: string, platform: Platform) =>
  setDoc(await documentOf(token), { uid: myId(), token, platform, at: serverTimestamp() }),
);
const forget = speaking(async (token: string) => deleteDoc(await documentOf(token)));
const tellOpen = speaking((conversation: string | null) =>
  setDoc(doc(db, "users", myId(), "open", "now"), { conversation, at: serverTimestamp() }),
);

export const useSaveToken = (): ((token: string, platform: Platform) => Promise<void>) => save;
export const useForgetToken = (): ((token: string) => Promise<void>) => forget;
export const useTellOpen = (): ((conversationId: string | null) => Promise<void>) => tellOpen;

/** Under its hash a token has one owner: who holds the device now. */
async function documentOf(token: string) {
  return doc(db, "tokens", await digestStringAsync(CryptoDigestAlgorithm.SHA256, token));
}
