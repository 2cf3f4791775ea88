import { initializeApp } from "firebase/app";
import { connectFirestoreEmulator, initializeFirestore } from "firebase/firestore";
import { connectFunctionsEmulator, getFunctions } from "firebase/functions";

import { localCache } from "./cache";

const projectId = required(
  "EXPO_PUBLIC_FIREBASE_PROJECT_ID",
  process.env.EXPO_PUBLIC_FIREBASE_PROJECT_ID,
);

export const app = initializeApp({
  apiKey: required("EXPO_PUBLIC_FIREBASE_API_KEY", process.env.EXPO_PUBLIC_FIREBASE_API_KEY),
  appId: required("EXPO_PUBLIC_FIREBASE_APP_ID", process.env.EXPO_PUBLIC_FIREBASE_APP_ID),
  projectId,
  authDomain: `${projectId}.firebaseapp.com`,
});

export const emulatorHost = process.env.EXPO_PUBLIC_EMULATOR_HOST ?? "";
export const db = initializeFirestore(app, { localCache });
export const functions = getFunctions(
  app,
  process.env.EXPO_PUBLIC_FIREBASE_REGION ?? "us-central1",
);

if (emulatorHost) {
  connectFirestoreEmulator(db, emulatorHost, 8080);
  connectFunctionsEmulator(functions, emulatorHost, 5001);
}

function required(name: string, value: string | undefined): string {
  if (!value) throw new Error(`Set ${name} in .env (.env.example says where it stands).`);
  return value;
}
