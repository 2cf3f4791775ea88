import {
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
} from "firebase/auth";

import { startAppCheck } from "./app-check";
import { app, emulatorHost } from "./firebase";

startAppCheck();

export const auth = initializeAuth(app, {
  persistence: [indexedDBLocalPersistence, browserLocalPersistence],
});

if (emulatorHost)
  connectAuthEmulator(auth, `http://${emulatorHost}:9099`, { disableWarnings: true });
