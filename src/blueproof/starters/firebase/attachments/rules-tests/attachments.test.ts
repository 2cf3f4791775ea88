import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  doc,
  getDoc,
  getDocs,
  limit,
  orderBy,
  query,
  serverTimestamp,
  setDoc,
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
    "conversations/alice_bob/attachments/message-1": {
      author: "bob",
      path: "p",
      type: "image/png",
      bytes: 5,
      name: "a",
      at: ago(3600),
    },
  }),
);

it("a member sees an attachment", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "conversations/alice_bob/attachments/message-1")));
});

it("a stranger sees no attachment", async () => {
  await assertFails(getDoc(doc(as("carol"), "conversations/alice_bob/attachments/message-1")));
});

it("a member sees attachments", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("alice"), "conversations/alice_bob/attachments"),
        orderBy("at", "desc"),
        limit(100),
      ),
    ),
  );
});

it("a stranger does not", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("carol"), "conversations/alice_bob/attachments"),
        orderBy("at", "desc"),
        limit(100),
      ),
    ),
  );
});

it("not more than a hundred", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("alice"), "conversations/alice_bob/attachments"),
        orderBy("at", "desc"),
        limit(101),
      ),
    ),
  );
});

it("nobody attaches past the server", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/attachments/message-2"), {
      author: "alice",
      path: "https://evil.example",
      type: "image/png",
      bytes: 5,
      name: "a",
      at: serverTimestamp(),
    }),
  );
});

it("nobody points an attachment elsewhere", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "conversations/alice_bob/attachments/message-1"), {
      author: "bob",
      path: "q",
      type: "image/png",
      bytes: 5,
      name: "a",
      at: serverTimestamp(),
    }),
  );
});
