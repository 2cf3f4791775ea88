import { getAuth } from "firebase-admin/auth";
import type { CallableRequest } from "firebase-functions/https";

import { db } from "../src/app.js";

let count = 0;

/** An id of its own for each test, so that none has to clear the emulator. */
export function fresh(name: string): string {
  count += 1;
  return `${name}${Date.now()}${count}`;
}

export function from<T>(uid: string | null, data: T): CallableRequest<T> {
  const auth = uid === null ? undefined : { uid, token: { uid } };
  return { auth, data, rawRequest: {}, acceptsStreaming: false } as unknown as CallableRequest<T>;
}

export async function person(name: string, email?: string): Promise<string> {
  const uid = fresh(name);
  await getAuth().createUser({ uid, ...(email ? { email, emailVerified: true } : {}) });
  await db.doc(`users/${uid}`).set({ name, photo: null });
  return uid;
}

export async function read(path: string) {
  return (await db.doc(path).get()).data();
}
