import { connectDatabaseEmulator, getDatabase, onValue, ref } from "firebase/database";

import { app, emulatorHost } from "./firebase";

export const realtime = getDatabase(app, process.env.EXPO_PUBLIC_FIREBASE_DATABASE_URL);

if (emulatorHost) connectDatabaseEmulator(realtime, emulatorHost, 9000);

const ATTEMPTS = 3;
const PAUSE = 5_000;

/** Listens to a value; who may is told to this database a moment late, so a refusal is tried again. */
export function watch(path: string, show: (value: unknown) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const listen = (attempt: number) => {
    stop = onValue(
      ref(realtime, path),
      (found) => show(found.val()),
      () => {
        show(null);
        if (attempt < ATTEMPTS) timer = setTimeout(() => listen(attempt + 1), PAUSE);
      },
    );
  };
  listen(1);
  return () => {
    clearTimeout(timer);
    stop();
  };
}
