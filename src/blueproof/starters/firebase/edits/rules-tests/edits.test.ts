import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import { doc, serverTimestamp, setDoc } from "firebase/firestore";
import { beforeEach, it } from "vitest";

import { ago, as, seeded } from "./support";

beforeEach(() =>
  seeded({
    "conversations/alice_bob": {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 3,
      at: ago(3600),
    },
    "conversations/alice_bob/messages/message-1": {
      author: "alice",
      text: "helo",
      at: ago(600),
      slot: "3",
    },
    "conversations/alice_bob/messages/message-2": {
      author: "alice",
      text: "old",
      at: ago(900),
      slot: "4",
    },
    "conversations/alice_bob/messages/message-3": {
      author: "alice",
      text: "",
      deleted: true,
      at: ago(300),
      slot: "5",
    },
    "conversations/team": {
      kind: "group",
      title: "Team",
      memberIds: ["bob"],
      preview: "",
      total: 1,
      at: ago(3600),
    },
    "conversations/team/messages/message-1": {
      author: "alice",
      text: "helo",
      at: ago(600),
      slot: "3",
    },
  }),
);

it("an author edits", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "alice",
      text: "hello",
      editedAt: serverTimestamp(),
      at: ago(600),
      slot: "3",
    }),
  );
});

it("not after fifteen minutes", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-2"), {
      author: "alice",
      text: "new",
      editedAt: serverTimestamp(),
      at: ago(900),
      slot: "4",
    }),
  );
});

it("not without a trace", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "alice",
      text: "hello",
      at: ago(600),
      slot: "3",
    }),
  );
});

it("not dated back", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "alice",
      text: "hello",
      editedAt: ago(600),
      at: ago(600),
      slot: "3",
    }),
  );
});

it("not to nothing", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "alice",
      text: "",
      editedAt: serverTimestamp(),
      at: ago(600),
      slot: "3",
    }),
  );
});

it("not the time", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "alice",
      text: "hello",
      editedAt: serverTimestamp(),
      at: serverTimestamp(),
      slot: "3",
    }),
  );
});

it("not the author", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "bob",
      text: "hello",
      editedAt: serverTimestamp(),
      at: ago(600),
      slot: "3",
    }),
  );
});

it("not by the other", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "conversations/alice_bob/messages/message-1"), {
      author: "alice",
      text: "I owe you",
      editedAt: serverTimestamp(),
      at: ago(600),
      slot: "3",
    }),
  );
});

it("not what is deleted", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-3"), {
      author: "alice",
      text: "again",
      deleted: true,
      editedAt: serverTimestamp(),
      at: ago(300),
      slot: "5",
    }),
  );
});

it("nor is it brought back", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-3"), {
      author: "alice",
      text: "again",
      deleted: false,
      at: ago(300),
      slot: "5",
    }),
  );
});

it("not in a group that one has left", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/team/messages/message-1"), {
      author: "alice",
      text: "hello",
      editedAt: serverTimestamp(),
      at: ago(600),
      slot: "3",
    }),
  );
});

it("an author deletes, however old it is", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-2"), {
      author: "alice",
      text: "",
      deleted: true,
      at: ago(900),
      slot: "4",
    }),
  );
});

it("not the other", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "conversations/alice_bob/messages/message-2"), {
      author: "alice",
      text: "",
      deleted: true,
      at: ago(900),
      slot: "4",
    }),
  );
});

it("the words go with it", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-2"), {
      author: "alice",
      text: "still here",
      deleted: true,
      at: ago(900),
      slot: "4",
    }),
  );
});
