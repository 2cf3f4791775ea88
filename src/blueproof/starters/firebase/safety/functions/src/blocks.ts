import { HttpsError } from "firebase-functions/https";

import { db } from "./app.js";
import type { MayAdd } from "./group-hooks.js";

/** A block works both ways. It says no more than that it cannot be done: nobody learns who has blocked them. */
export const refuseBlocked: MayAdd = async (by, person) => {
  const both = [`users/${person}/blocks/${by}`, `users/${by}/blocks/${person}`];
  const blocks = await db.getAll(...both.map((path) => db.doc(path)));
  if (blocks.some((block) => block.exists)) {
    throw new HttpsError("not-found", "This person is not here.");
  }
};
