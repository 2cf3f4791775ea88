import { getAuth } from "firebase-admin/auth";
import { FieldValue } from "firebase-admin/firestore";
import { type CallableRequest, HttpsError, onCall } from "firebase-functions/https";
import { defineString } from "firebase-functions/params";

import { db } from "./app.js";
import { drain } from "./batches.js";
import { callerOf, idOf, options } from "./callable.js";
import { removeMessage } from "./removal.js";

type Role = "member" | "moderator" | "admin";

const ROLES: readonly Role[] = ["member", "moderator", "admin"];
const firstAdmin = defineString("FIRST_ADMIN_EMAIL", { default: "" });

export const setRole = onCall(options, async (request) => {
  const by = await callerWith(request, ["admin"]);
  const { person, role } = request.data as { person?: unknown; role?: unknown };
  const uid = idOf(person, "person");
  if (!ROLES.includes(role as Role))
    throw new HttpsError("invalid-argument", "There is no such role.");
  if (uid === by && role !== "admin")
    throw new HttpsError("failed-precondition", "Let another administrator do that.");
  await getAuth().setCustomUserClaims(uid, { role });
  // Tokens made before say the old role for up to an hour; none is renewed without signing in again.
  await getAuth().revokeRefreshTokens(uid);
  await db
    .collection("audit")
    .add({ by, did: "setRole", person: uid, role, at: FieldValue.serverTimestamp() });
  return {};
});

export const resolveReport = onCall(options, async (request) => {
  const by = await callerWith(request, ["moderator", "admin"]);
  const { id, remove } = request.data as { id?: unknown; remove?: unknown };
  const ref = db.doc(`reports/${idOf(id, "id")}`);
  const report = (await ref.get()).data();
  if (!report) throw new HttpsError("not-found", "This report is gone.");
  if (remove === true) await removeMessage(report.conversation, report.message);
  await ref.update({ open: false });
  const did = remove === true ? "removed" : "kept";
  await db.collection("audit").add({ by, did, report: ref.id, at: FieldValue.serverTimestamp() });
  return {};
});

export async function eraseAudit(uid: string): Promise<void> {
  for (const field of ["by", "person"]) {
    const entries = db.collection("audit").where(field, "==", uid);
    await drain(entries, (batch, found) => batch.update(found.ref, { [field]: "" }));
  }
}

/** The account as it is now decides: a token may be older than the loss of a role. */
async function callerWith(
  request: CallableRequest<unknown>,
  allowed: readonly Role[],
): Promise<string> {
  const uid = callerOf(request);
  const user = await getAuth().getUser(uid);
  const first = firstAdmin.value();
  const isFirst = first !== "" && user.emailVerified && user.email === first;
  const role = isFirst ? "admin" : ((user.customClaims?.role as Role | undefined) ?? "member");
  if (!allowed.includes(role))
    throw new HttpsError("permission-denied", "You are not allowed to do that.");
  return uid;
}
