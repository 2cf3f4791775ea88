import { GoogleAuthProvider, browserPopupRedirectResolver, signInWithPopup } from "firebase/auth";

import { auth } from "./auth";
import { speaking } from "./failure";
import { ensureProfile } from "./profile";

const signIn = speaking(async () => {
  const { user } = await signInWithPopup(
    auth,
    new GoogleAuthProvider(),
    browserPopupRedirectResolver,
  );
  await ensureProfile(user, user.displayName ?? "Someone");
});

export const useGoogle = (): (() => Promise<void>) => signIn;
