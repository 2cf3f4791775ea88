import AsyncStorage from "@react-native-async-storage/async-storage";
import { connectAuthEmulator, getReactNativePersistence, initializeAuth } from "firebase/auth";

import { app, emulatorHost } from "./firebase";

export const auth = initializeAuth(app, { persistence: getReactNativePersistence(AsyncStorage) });

if (emulatorHost)
  connectAuthEmulator(auth, `http://${emulatorHost}:9099`, { disableWarnings: true });
