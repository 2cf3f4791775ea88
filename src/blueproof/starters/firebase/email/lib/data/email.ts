import {
  createUserWithEmailAndPassword,
  sendEmailVerification,
  sendPasswordResetEmail,
  signInWithEmailAndPassword,
} from "firebase/auth";

import { auth } from "./auth";
import { speaking } from "./failure";
import { ensureProfile, shortened } from "./profile";

type Email = {
  signIn(email: string, password: string): Promise<void>;
  signUp(email: string, password: string, name: string): Promise<void>;
  reset(email: string): Promise<void>;
};

const email: Email = {
  signIn: speaking(async (address, password) => {
    const { user } = await signInWithEmailAndPassword(auth, address.trim(), password);
    await ensureProfile(user, nameIn(address));
  }),
  signUp: speaking(async (address, password, name) => {
    const chosen = shortened(name);
    const { user } = await createUserWithEmailAndPassword(auth, address.trim(), password);
    await ensureProfile(user, chosen);
    await sendEmailVerification(user);
  }),
  reset: speaking((address) => sendPasswordResetEmail(auth, address.trim())),
};

export const useEmail = (): Email => email;

function nameIn(address: string): string {
  return address.trim().split("@")[0] ?? "";
}
