import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  limit,
  orderBy,
  query,
  setDoc,
  where,
} from "firebase/firestore";
import { beforeEach, it } from "vitest";

import { ago, as, nobody, seeded } from "./support";

beforeEach(() =>
  seeded({
    "reports/message-1_dave": {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "dave",
      reason: "rude",
      at: ago(3600),
      open: true,
    },
    "conversations/alice_bob": {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 1,
      at: ago(3600),
    },
    "conversations/alice_bob/messages/message-1": {
      author: "bob",
      text: "rude",
      at: ago(3600),
      slot: "3",
    },
    "audit/one": { by: "ann", did: "removed" },
  }),
);

it("a moderator lists open reports", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("ann", { role: "moderator" }), "reports"),
        where("open", "==", true),
        orderBy("at", "desc"),
        limit(20),
      ),
    ),
  );
});

it("an administrator too", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("ann", { role: "admin" }), "reports"),
        where("open", "==", true),
        orderBy("at", "desc"),
        limit(20),
      ),
    ),
  );
});

it("a member does not", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("bob", { role: "member" }), "reports"),
        where("open", "==", true),
        orderBy("at", "desc"),
        limit(20),
      ),
    ),
  );
});

it("who has no role does not", async () => {
  await assertFails(getDoc(doc(as("bob"), "reports/message-1_dave")));
});

it("nobody does not", async () => {
  await assertFails(getDoc(doc(nobody(), "reports/message-1_dave")));
});

it("a role of one's own making opens nothing", async () => {
  await assertFails(getDoc(doc(as("bob", { role: ["admin"] }), "reports/message-1_dave")));
});

it("a moderator closes nothing past the function", async () => {
  await assertFails(
    setDoc(doc(as("ann", { role: "moderator" }), "reports/message-1_dave"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "dave",
      reason: "rude",
      at: ago(3600),
      open: false,
    }),
  );
});

it("nor deletes a report", async () => {
  await assertFails(deleteDoc(doc(as("ann", { role: "admin" }), "reports/message-1_dave")));
});

it("a moderator reads no conversation of others", async () => {
  await assertFails(
    getDoc(doc(as("ann", { role: "admin" }), "conversations/alice_bob/messages/message-1")),
  );
});

it("nobody reads the audit past the console", async () => {
  await assertFails(getDoc(doc(as("ann", { role: "admin" }), "audit/one")));
});

it("nobody writes it", async () => {
  await assertFails(setDoc(doc(as("ann", { role: "admin" }), "audit/two"), { by: "ann" }));
});
