import { createHash } from "node:crypto";

import { initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { Timestamp, getFirestore } from "firebase-admin/firestore";

process.env.FIRESTORE_EMULATOR_HOST ??= "127.0.0.1:8080";
process.env.FIREBASE_AUTH_EMULATOR_HOST ??= "127.0.0.1:9099";

initializeApp({ projectId: "demo-app" });

const PEOPLE = [
  { uid: "demo-alice", name: "Alice", email: "alice@example.com" },
  { uid: "demo-bob", name: "Bob", email: "bob@example.com" },
];
const LINES = ["Hello Bob", "Hello Alice", "Shall we meet at eight?"];

async function seed(): Promise<void> {
  const db = getFirestore();
  for (const { uid, name, email } of PEOPLE) {
    await getAuth()
      .deleteUser(uid)
      .catch(() => undefined);
    await getAuth().createUser({ uid, email, emailVerified: true, password: "only-for-emulators" });
    await db.doc(`users/${uid}`).set({ name, photo: null });
  }
  const memberIds = PEOPLE.map(({ uid }) => uid);
  const id = createHash("sha256").update(memberIds.join("_")).digest("hex");
  const conversation = db.doc(`conversations/${id}`);
  const at = Timestamp.now();
  await conversation.set({ kind: "direct", title: "", memberIds, preview: "", total: 0, at });
  for (const [index, text] of LINES.entries()) {
    const message = {
      author: memberIds[index % 2],
      text,
      at: Timestamp.fromMillis(at.toMillis() + index),
      slot: "0",
    };
    await conversation.collection("messages").doc(`demo-line-${index}`).set(message);
  }
}

await seed();
