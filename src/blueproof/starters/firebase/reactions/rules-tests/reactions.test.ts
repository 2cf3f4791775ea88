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
      total: 2,
      at: ago(3600),
    },
    "conversations/alice_bob/messages/message-1": {
      author: "bob",
      text: "hi",
      at: ago(3600),
      slot: "3",
    },
    "conversations/alice_bob/messages/message-2": {
      author: "bob",
      text: "hi",
      at: ago(3600),
      slot: "3",
    },
    "conversations/alice_bob/reactions/message-1": {
      by: { bob: "👍" },
      people: ["bob"],
      at: ago(1800),
    },
  }),
);

it("a member sees a reaction", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1")));
});

it("a member learns that there is none", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-2")));
});

it("a stranger sees none", async () => {
  await assertFails(getDoc(doc(as("carol"), "conversations/alice_bob/reactions/message-1")));
});

it("the newest", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("alice"), "conversations/alice_bob/reactions"),
        orderBy("at", "desc"),
        limit(100),
      ),
    ),
  );
});

it("not to a stranger", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("carol"), "conversations/alice_bob/reactions"),
        orderBy("at", "desc"),
        limit(100),
      ),
    ),
  );
});

it("a member is the first", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-2"), {
      by: { alice: "😂" },
      people: ["alice"],
      at: serverTimestamp(),
    }),
  );
});

it("not in another's name", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-2"), {
      by: { bob: "😂" },
      people: ["bob"],
      at: serverTimestamp(),
    }),
  );
});

it("not hidden from the erasure", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-2"), {
      by: { alice: "😂" },
      people: ["bob"],
      at: serverTimestamp(),
    }),
  );
});

it("not with a text", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-2"), {
      by: { alice: "buy this" },
      people: ["alice"],
      at: serverTimestamp(),
    }),
  );
});

it("not to a message that is not there", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-9"), {
      by: { alice: "😂" },
      people: ["alice"],
      at: serverTimestamp(),
    }),
  );
});

it("not by a stranger", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "conversations/alice_bob/reactions/message-2"), {
      by: { carol: "😂" },
      people: ["carol"],
      at: serverTimestamp(),
    }),
  );
});

it("a member joins in", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1"), {
      by: { bob: "👍", alice: "👍" },
      people: ["bob", "alice"],
      at: serverTimestamp(),
    }),
  );
});

it("a member takes it back", async () => {
  await assertSucceeds(
    setDoc(doc(as("bob"), "conversations/alice_bob/reactions/message-1"), {
      by: {},
      people: [],
      at: serverTimestamp(),
    }),
  );
});

it("a member changes it", async () => {
  await assertSucceeds(
    setDoc(doc(as("bob"), "conversations/alice_bob/reactions/message-1"), {
      by: { bob: "😢" },
      people: ["bob"],
      at: serverTimestamp(),
    }),
  );
});

it("nobody changes another's", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1"), {
      by: { bob: "😢" },
      people: ["bob"],
      at: serverTimestamp(),
    }),
  );
});

it("nobody takes another's away", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1"), {
      by: { alice: "👍" },
      people: ["alice"],
      at: serverTimestamp(),
    }),
  );
});

it("nobody makes it longer than it is", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1"), {
      by: { bob: "👍", alice: "👍" },
      people: ["bob", "alice", "carol"],
      at: serverTimestamp(),
    }),
  );
});

it("nobody writes beside it", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1"), {
      by: { bob: "👍", alice: "👍" },
      people: ["bob", "alice"],
      at: serverTimestamp(),
      note: "x",
    }),
  );
});

it("nobody deletes them all", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "conversations/alice_bob/reactions/message-1")));
});
