import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  collectionGroup,
  doc,
  getDoc,
  getDocs,
  limit,
  orderBy,
  query,
  serverTimestamp,
  setDoc,
  where,
} from "firebase/firestore";
import { beforeEach, it } from "vitest";

import { ago, as, seeded } from "./support";

beforeEach(() =>
  seeded({
    "conversations/alice_bob": {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 0,
      at: ago(3600),
    },
    "conversations/alice_bob/receipts/bob": { uid: "bob", readAt: ago(3600) },
  }),
);

it("a member sees a receipt", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "conversations/alice_bob/receipts/bob")));
});

it("a stranger sees no receipt", async () => {
  await assertFails(getDoc(doc(as("carol"), "conversations/alice_bob/receipts/bob")));
});

it("a member sees who has read", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("alice"), "conversations/alice_bob/receipts"),
        orderBy("readAt", "desc"),
        limit(50),
      ),
    ),
  );
});

it("a stranger does not", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("carol"), "conversations/alice_bob/receipts"),
        orderBy("readAt", "desc"),
        limit(50),
      ),
    ),
  );
});

it("not without a limit", async () => {
  await assertFails(getDocs(collection(as("alice"), "conversations/alice_bob/receipts")));
});

it("not across all conversations", async () => {
  await assertFails(
    getDocs(query(collectionGroup(as("alice"), "receipts"), where("uid", "==", "bob"), limit(50))),
  );
});

it("nobody says that another has read", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/receipts/bob"), {
      uid: "bob",
      readAt: serverTimestamp(),
    }),
  );
});

it("nobody says it of themselves past the server", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/receipts/alice"), {
      uid: "alice",
      readAt: serverTimestamp(),
    }),
  );
});
