import { db } from "./app.js";
import type { Hushed } from "./push-hooks.js";

/** In a group of both, who has blocked somebody hears nothing of what they write. */
export const blockers: Hushed = async (author, readers) => {
  if (readers.length === 0) return [];
  const blocks = await db.getAll(...readers.map((id) => db.doc(`users/${id}/blocks/${author}`)));
  return readers.filter((_, index) => blocks[index]?.exists);
};
