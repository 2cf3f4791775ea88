import { defineConfig } from "vitest/config";

// What Firebase gives to functions; the emulators' addresses come from `firebase emulators:exec`.
const config = {
  projectId: "demo-app",
  storageBucket: "demo-app.appspot.com",
  databaseURL: "https://demo-app-default-rtdb.firebaseio.com",
};

export default defineConfig({
  test: {
    dir: "tests",
    env: { GCLOUD_PROJECT: config.projectId, FIREBASE_CONFIG: JSON.stringify(config) },
    fileParallelism: false,
    isolate: false,
    testTimeout: 20_000,
  },
});
