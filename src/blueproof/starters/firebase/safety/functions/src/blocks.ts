import { HttpsError } from "firebase-functions/https";

import { db } from "./app.js";
import type { MayAdd } from "./group-hooks.js";

/** Says no more than that it cannot be done: nobody learns who has blocked them. */
export const refuseBlocked: MayAdd = async (by, person) => {
  const block = await db.doc(`users/${person}/blocks/${by}`).get();
  if (block.exists) throw new HttpsError("not-found", "This person is not here.");
};
