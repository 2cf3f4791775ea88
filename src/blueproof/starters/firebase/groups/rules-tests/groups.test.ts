import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import { deleteDoc, doc, getDoc, serverTimestamp, setDoc } from "firebase/firestore";
import { beforeEach, it } from "vitest";

import { ago, as, seeded, together } from "./support";

beforeEach(() =>
  seeded({
    "users/alice": { name: "Alice", photo: null },
    "users/bob": { name: "Bob", photo: null },
    "conversations/team": {
      kind: "group",
      title: "Team",
      owner: "alice",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 0,
      at: ago(3600),
    },
  }),
);

it("a member reads the group", async () => {
  await assertSucceeds(getDoc(doc(as("bob"), "conversations/team")));
});

it("a stranger does not", async () => {
  await assertFails(getDoc(doc(as("carol"), "conversations/team")));
});

it("a member writes into it", async () => {
  await assertSucceeds(
    together(as("bob"), {
      "conversations/team/messages/message-1": {
        author: "bob",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/bob/slots/0": { at: serverTimestamp(), message: "message-1" },
    }),
  );
});

it("a stranger does not write", async () => {
  await assertFails(
    together(as("carol"), {
      "conversations/team/messages/message-1": {
        author: "carol",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/carol/slots/0": { at: serverTimestamp(), message: "message-1" },
    }),
  );
});

it("nobody makes a group past the function", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/other"), {
      kind: "group",
      title: "Team",
      owner: "alice",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 0,
      at: serverTimestamp(),
    }),
  );
});

it("nobody makes themselves its owner", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "conversations/team"), {
      kind: "group",
      title: "Team",
      owner: "bob",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 0,
      at: ago(3600),
    }),
  );
});

it("the owner does not add past the function", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/team"), {
      kind: "group",
      title: "Team",
      owner: "alice",
      memberIds: ["alice", "bob", "carol"],
      preview: "",
      total: 0,
      at: ago(3600),
    }),
  );
});

it("nobody deletes it", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "conversations/team")));
});
