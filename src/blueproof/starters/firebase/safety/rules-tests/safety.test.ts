import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  collectionGroup,
  deleteDoc,
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

import { ago, as, seeded, together } from "./support";

beforeEach(() =>
  seeded({
    "users/alice": { name: "Alice", photo: null },
    "users/bob": { name: "Bob", photo: null },
    "users/carol": { name: "Carol", photo: null },
    "users/alice/blocks/bob": { person: "bob", at: ago(3600) },
    "users/alice/blocks/carol": { person: "carol", at: ago(3600) },
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
    "conversations/team": {
      kind: "group",
      title: "Team",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 1,
      at: ago(3600),
    },
    "reports/message-1_dave": {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "dave",
      reason: "rude",
      at: ago(3600),
      open: true,
    },
  }),
);

it("who is blocked does not write", async () => {
  await assertFails(
    together(as("bob"), {
      "conversations/alice_bob/messages/message-2": {
        author: "bob",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/bob/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("nor does who has blocked", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("a group goes on", async () => {
  await assertSucceeds(
    together(as("bob"), {
      "conversations/team/messages/message-2": {
        author: "bob",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/bob/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("who is blocked opens no conversation", async () => {
  await assertFails(
    setDoc(
      doc(
        as("carol"),
        "conversations/b53cc518c9ec343e60677a40603f3babab0f79fd65265825df961556dab2c5ec",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["alice", "carol"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("nor does who has blocked open one", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/b53cc518c9ec343e60677a40603f3babab0f79fd65265825df961556dab2c5ec",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["alice", "carol"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("with others they do", async () => {
  await assertSucceeds(
    setDoc(
      doc(
        as("carol"),
        "conversations/e086cf7e6453a74ff3ab7035b150fbb059df5fd3e0767cc3f406846bab183a41",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["bob", "carol"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("one sees whom one has blocked", async () => {
  await assertSucceeds(getDocs(query(collection(as("alice"), "users/alice/blocks"), limit(200))));
});

it("nobody sees who has blocked them", async () => {
  await assertFails(getDoc(doc(as("bob"), "users/alice/blocks/bob")));
});

it("nor by a search across all", async () => {
  await assertFails(
    getDocs(query(collectionGroup(as("bob"), "blocks"), where("person", "==", "bob"), limit(1))),
  );
});

it("one blocks", async () => {
  await assertSucceeds(
    setDoc(doc(as("bob"), "users/bob/blocks/alice"), { person: "alice", at: serverTimestamp() }),
  );
});

it("not oneself", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "users/bob/blocks/bob"), { person: "bob", at: serverTimestamp() }),
  );
});

it("not for another", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "users/bob/blocks/alice"), { person: "alice", at: serverTimestamp() }),
  );
});

it("not under a false name", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "users/bob/blocks/alice"), { person: "carol", at: serverTimestamp() }),
  );
});

it("not whom there is not", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "users/bob/blocks/ghost"), { person: "ghost", at: serverTimestamp() }),
  );
});

it("an erased person leaves nothing new", async () => {
  await assertFails(
    setDoc(doc(as("ghost"), "users/ghost/blocks/alice"), {
      person: "alice",
      at: serverTimestamp(),
    }),
  );
});

it("one unblocks", async () => {
  await assertSucceeds(deleteDoc(doc(as("alice"), "users/alice/blocks/bob")));
});

it("nobody unblocks themselves", async () => {
  await assertFails(deleteDoc(doc(as("bob"), "users/alice/blocks/bob")));
});

it("a member reports", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "reports/message-1_alice"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "alice",
      reason: "rude",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("not twice", async () => {
  await assertFails(
    setDoc(doc(as("dave"), "reports/message-1_dave"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "dave",
      reason: "more",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("not a stranger", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "reports/message-1_carol"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "carol",
      reason: "rude",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("not in another's name", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "reports/message-1_bob"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "alice",
      reason: "rude",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("not under another id", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "reports/one"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "alice",
      reason: "rude",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("not a message that is not there", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "reports/message-9_alice"), {
      conversation: "alice_bob",
      message: "message-9",
      reporter: "alice",
      reason: "rude",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("not with a text of one's own", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "reports/message-1_alice"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "alice",
      reason: "rude",
      at: serverTimestamp(),
      open: true,
      text: "worse",
    }),
  );
});

it("not without a reason", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "reports/message-1_alice"), {
      conversation: "alice_bob",
      message: "message-1",
      reporter: "alice",
      reason: "",
      at: serverTimestamp(),
      open: true,
    }),
  );
});

it("people read no reports", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("alice"), "reports"),
        where("open", "==", true),
        orderBy("at", "desc"),
        limit(20),
      ),
    ),
  );
});

it("not even their own", async () => {
  await assertFails(getDoc(doc(as("dave"), "reports/message-1_dave")));
});
