import { GoogleSignin, isSuccessResponse } from "@react-native-google-signin/google-signin";
import { GoogleAuthProvider, signInWithCredential } from "firebase/auth";

import { auth } from "./auth";
import { speaking } from "./failure";
import { ensureProfile } from "./profile";

GoogleSignin.configure({ webClientId: process.env.EXPO_PUBLIC_GOOGLE_WEB_CLIENT_ID });

const signIn = speaking(async () => {
  await GoogleSignin.hasPlayServices();
  const answer = await GoogleSignin.signIn();
  if (!isSuccessResponse(answer)) return;
  if (!answer.data.idToken) throw new Error("Google has sent no proof of who you are.");
  const credential = GoogleAuthProvider.credential(answer.data.idToken);
  const { user } = await signInWithCredential(auth, credential);
  await ensureProfile(user, answer.data.user.name ?? "Someone");
});

export const useGoogle = (): (() => Promise<void>) => signIn;
