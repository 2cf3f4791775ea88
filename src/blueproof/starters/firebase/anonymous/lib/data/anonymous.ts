import {
  EmailAuthProvider,
  linkWithCredential,
  sendEmailVerification,
  signInAnonymously,
} from "firebase/auth";
import { updateDoc } from "firebase/firestore";

import { auth } from "./auth";
import { speaking } from "./failure";
import { currentUser } from "./me";
import { ensureProfile, profileOf, shortened } from "./profile";

const signIn = speaking(async () => {
  const { user } = await signInAnonymously(auth);
  await ensureProfile(user, "Guest");
});

/** Linking keeps the person's id, so conversations and all else stay theirs. */
const upgrade = speaking(async (email: string, password: string, name: string) => {
  const chosen = shortened(name);
  const credential = EmailAuthProvider.credential(email.trim(), password);
  const { user } = await linkWithCredential(currentUser(), credential);
  await updateDoc(profileOf(user.uid), { name: chosen });
  await sendEmailVerification(user);
});

export const useAnonymous = (): (() => Promise<void>) => signIn;
export const useUpgrade = (): ((email: string, password: string, name: string) => Promise<void>) =>
  upgrade;
