import { OAuthProvider, browserPopupRedirectResolver, signInWithPopup } from "firebase/auth";

import { auth } from "./auth";
import { speaking } from "./failure";
import { ensureProfile } from "./profile";

const signIn = speaking(async () => {
  const provider = new OAuthProvider("apple.com");
  provider.addScope("email");
  provider.addScope("name");
  const { user } = await signInWithPopup(auth, provider, browserPopupRedirectResolver);
  await ensureProfile(user, user.displayName ?? "Someone");
});

export const useApple = (): (() => Promise<void>) => signIn;
