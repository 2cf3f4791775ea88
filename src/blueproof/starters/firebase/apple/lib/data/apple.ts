import * as AppleAuthentication from "expo-apple-authentication";
import { CryptoDigestAlgorithm, digestStringAsync, getRandomBytes } from "expo-crypto";
import { OAuthProvider, signInWithCredential } from "firebase/auth";

import { auth } from "./auth";
import { speaking } from "./failure";
import { ensureProfile } from "./profile";

/** Apple signs the hash of the nonce into its token; Firebase is given the nonce and compares. */
const signIn = speaking(async () => {
  const rawNonce = [...getRandomBytes(32)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  const answer = await askApple(await digestStringAsync(CryptoDigestAlgorithm.SHA256, rawNonce));
  if (!answer) return;
  if (!answer.identityToken) throw new Error("Apple has sent no proof of who you are.");
  const credential = new OAuthProvider("apple.com").credential({
    idToken: answer.identityToken,
    rawNonce,
  });
  const { user } = await signInWithCredential(auth, credential);
  await ensureProfile(user, nameIn(answer.fullName));
});

export const useApple = (): (() => Promise<void>) => signIn;

async function askApple(nonce: string) {
  const { FULL_NAME, EMAIL } = AppleAuthentication.AppleAuthenticationScope;
  try {
    return await AppleAuthentication.signInAsync({ requestedScopes: [FULL_NAME, EMAIL], nonce });
  } catch (cause) {
    if ((cause as { code?: string }).code === "ERR_REQUEST_CANCELED") return undefined;
    throw cause;
  }
}

/** Apple tells the name at the first sign-in only, and may tell none. */
function nameIn(name: AppleAuthentication.AppleAuthenticationFullName | null): string {
  return [name?.givenName, name?.familyName].filter(Boolean).join(" ") || "Someone";
}
