import { type User, updateProfile } from "firebase/auth";
import { type DocumentData, doc, getDoc, setDoc } from "firebase/firestore";

import { db } from "./firebase";
import type { Person } from "./types";

const LONGEST = 60;

export function profileOf(uid: string) {
  return doc(db, "users", uid);
}

export function readPerson(id: string, data: DocumentData | undefined): Person {
  return { id, name: data?.name ?? "", photo: data?.photo ?? null };
}

/** Everybody who has signed in has a profile; the first sign-in makes it. */
export async function ensureProfile(user: User, name: string): Promise<void> {
  const known = await getDoc(profileOf(user.uid));
  if (known.exists()) return;
  await setDoc(profileOf(user.uid), { name: shortened(name), photo: user.photoURL });
  await updateProfile(user, { displayName: shortened(name) });
}

export function shortened(name: string): string {
  const text = name.trim().slice(0, LONGEST);
  if (!text) throw new Error("A name is needed.");
  return text;
}
