import { onIdTokenChanged, signOut, type User } from "firebase/auth";
import { type DocumentData, onSnapshot } from "firebase/firestore";
import { useContext, useEffect, useState } from "react";

import { auth } from "./auth";
import { speaking } from "./failure";
import { forgetPeople } from "./people";
import { profileOf, readPerson } from "./profile";
import { SessionContext } from "./session-context";
import type { Session } from "./types";

export function useSession(): Session {
  return useContext(SessionContext);
}

const leave = speaking(async () => {
  await signOut(auth);
  forgetPeople();
});

export const useSignOut = (): (() => Promise<void>) => leave;

export function useLiveSession(): Session {
  const [user, setUser] = useState<User | null | undefined>(undefined);
  const [anonymous, setAnonymous] = useState(false);
  const [session, setSession] = useState<Session>({ state: "loading" });
  useEffect(
    () =>
      onIdTokenChanged(auth, (current) => {
        setUser(current);
        setAnonymous(current?.isAnonymous ?? false);
      }),
    [],
  );
  useEffect(() => {
    if (user === undefined) return;
    if (user === null) return setSession({ state: "out" });
    const signedUp = { name: user.displayName, photo: user.photoURL };
    const show = (data: DocumentData = signedUp) =>
      setSession({ state: "in", person: readPerson(user.uid, data), anonymous });
    return onSnapshot(
      profileOf(user.uid),
      (profile) => show(profile.data()),
      // Whoever is signed in gets into the app: a profile that cannot be read keeps nobody waiting.
      () => show(),
    );
  }, [user, anonymous]);
  return session;
}
