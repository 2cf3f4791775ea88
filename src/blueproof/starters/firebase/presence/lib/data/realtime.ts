import { connectDatabaseEmulator, getDatabase } from "firebase/database";

import { app, emulatorHost } from "./firebase";

export const realtime = getDatabase(app, process.env.EXPO_PUBLIC_FIREBASE_DATABASE_URL);

if (emulatorHost) connectDatabaseEmulator(realtime, emulatorHost, 9000);
