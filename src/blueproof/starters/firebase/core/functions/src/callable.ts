import { Timestamp } from "firebase-admin/firestore";
import { type CallableOptions, type CallableRequest, HttpsError } from "firebase-functions/https";

import { db } from "./app.js";

// Set APP_CHECK=enforce in functions/.env once every client sends App Check tokens.
export const options: CallableOptions = { enforceAppCheck: process.env.APP_CHECK === "enforce" };

export function callerOf(request: CallableRequest<unknown>): string {
  if (!request.auth) throw new HttpsError("unauthenticated", "Sign in first.");
  return request.auth.uid;
}

export function textOf(value: unknown, name: string, most: number): string {
  if (typeof value !== "string") throw new HttpsError("invalid-argument", `${name} must be text.`);
  const text = value.trim();
  if (text.length === 0 || text.length > most) {
    throw new HttpsError("invalid-argument", `${name} must have 1 to ${most} characters.`);
  }
  return text;
}

/** The id of one document: a slash in it would reach another collection. */
export function idOf(value: unknown, name: string): string {
  const id = textOf(value, name, 128);
  if (id.includes("/")) throw new HttpsError("invalid-argument", `${name} is not an id.`);
  return id;
}

/** Takes one of `most` uses that a person has of `what` in a window of `seconds`. */
export async function spend(uid: string, what: string, most: number, seconds: number) {
  const ref = db.doc(`budgets/${uid}/uses/${what}`);
  await db.runTransaction(async (transaction) => {
    const budget = (await transaction.get(ref)).data() as
      { from: Timestamp; used: number } | undefined;
    const now = Timestamp.now();
    const running = budget !== undefined && now.seconds - budget.from.seconds < seconds;
    const used = running ? budget.used : 0;
    if (used >= most)
      throw new HttpsError("resource-exhausted", "That was too often. Try again later.");
    transaction.set(ref, { from: running ? budget.from : now, used: used + 1 });
  });
}
