import { connectStorageEmulator, getStorage } from "firebase/storage";

import { app, emulatorHost } from "./firebase";

export const storage = getStorage(
  app,
  `gs://${process.env.EXPO_PUBLIC_FIREBASE_STORAGE_BUCKET ?? ""}`,
);

if (emulatorHost) connectStorageEmulator(storage, emulatorHost, 9199);
