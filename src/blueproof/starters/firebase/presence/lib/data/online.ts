import { onAuthStateChanged } from "firebase/auth";
import {
  goOffline,
  goOnline,
  onDisconnect,
  onValue,
  ref,
  serverTimestamp,
  set,
} from "firebase/database";
import { AppState } from "react-native";

import { auth } from "./auth";
import { realtime } from "./realtime";

let started = false;

/** Says that this person is here, until the connection ends, however it ends. */
export function announce(): void {
  if (started) return;
  started = true;
  let stop = () => {};
  onAuthStateChanged(auth, (user) => {
    stop();
    if (!user) return goOffline(realtime);
    goOnline(realtime);
    stop = onValue(ref(realtime, ".info/connected"), (connected) => {
      if (connected.val() === true) void beOnline(user.uid);
    });
  });
  AppState.addEventListener("change", (state) => {
    if (state === "active" && auth.currentUser) goOnline(realtime);
    else if (state === "background") goOffline(realtime);
  });
}

async function beOnline(uid: string): Promise<void> {
  const status = ref(realtime, `status/${uid}`);
  await onDisconnect(status).set({ online: false, at: serverTimestamp() });
  await set(status, { online: true, at: serverTimestamp() });
}
