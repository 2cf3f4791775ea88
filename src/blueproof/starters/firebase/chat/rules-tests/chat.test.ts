import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  collectionGroup,
  deleteDoc,
  doc,
  documentId,
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

import { ago, as, nobody, seeded, together } from "./support";

beforeEach(() =>
  seeded({
    "users/alice": { name: "Alice", photo: null },
    "users/bob": { name: "Bob", photo: null },
    "users/carol": { name: "Carol", photo: null },
    "conversations/alice_bob": {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob"],
      preview: "hi",
      total: 1,
      at: ago(3600),
    },
    "conversations/alice_bob/messages/message-1": {
      author: "bob",
      text: "hi",
      at: ago(3600),
      slot: "3",
    },
    "conversations/alice_bob/counted/message-1": { handled: true },
    "conversations/left_alice": {
      kind: "direct",
      title: "",
      memberIds: ["alice"],
      preview: "",
      total: 1,
      at: ago(3600),
    },
    "users/alice/slots/7": { at: ago(10), message: "older-message" },
    "users/alice/slots/8": { at: ago(30), message: "older-message" },
    "users/alice/states/alice_bob": { readAt: ago(1800), readCount: 1, countedAt: ago(1800) },
  }),
);

it("a member reads the conversation", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "conversations/alice_bob")));
});

it("a stranger does not", async () => {
  await assertFails(getDoc(doc(as("carol"), "conversations/alice_bob")));
});

it("nobody does not", async () => {
  await assertFails(getDoc(doc(nobody(), "conversations/alice_bob")));
});

it("who was taken out reads no more", async () => {
  await assertFails(getDoc(doc(as("left"), "conversations/left_alice")));
});

it("nobody learns whether a pair has a conversation", async () => {
  await assertFails(
    getDoc(
      doc(
        as("carol"),
        "conversations/bd72173e7d804682f8f442d04db7cf4b96ed01f504c53622aa69d411f7f6123c",
      ),
    ),
  );
});

it("not whether one's own has one either", async () => {
  await assertFails(
    getDoc(
      doc(
        as("alice"),
        "conversations/b53cc518c9ec343e60677a40603f3babab0f79fd65265825df961556dab2c5ec",
      ),
    ),
  );
});

it("the inbox", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("alice"), "conversations"),
        where("memberIds", "array-contains", "alice"),
        orderBy("at", "desc"),
        limit(20),
      ),
    ),
  );
});

it("not another's inbox", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("carol"), "conversations"),
        where("memberIds", "array-contains", "alice"),
        orderBy("at", "desc"),
        limit(20),
      ),
    ),
  );
});

it("not all conversations", async () => {
  await assertFails(
    getDocs(query(collection(as("alice"), "conversations"), orderBy("at", "desc"), limit(20))),
  );
});

it("not without a limit", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("alice"), "conversations"),
        where("memberIds", "array-contains", "alice"),
      ),
    ),
  );
});

it("not everything at once", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("alice"), "conversations"),
        where("memberIds", "array-contains", "alice"),
        limit(51),
      ),
    ),
  );
});

it("a person opens a direct conversation", async () => {
  await assertSucceeds(
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

it("the other may open it as well", async () => {
  await assertSucceeds(
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

it("the second to open finds it and writes nothing", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob"), {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 0,
      at: serverTimestamp(),
    }),
  );
});

it("not for two others", async () => {
  await assertFails(
    setDoc(
      doc(
        as("bob"),
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

it("not under another id", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/mine"), {
      kind: "direct",
      title: "",
      memberIds: ["alice", "carol"],
      preview: "",
      total: 0,
      at: serverTimestamp(),
    }),
  );
});

it("not under the two ids", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_carol"), {
      kind: "direct",
      title: "",
      memberIds: ["alice", "carol"],
      preview: "",
      total: 0,
      at: serverTimestamp(),
    }),
  );
});

it("not in the other order", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/fe382e0f49fdec88745a97782c2a607346cf2a3bbcf441853af92ca69a0bb941",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["carol", "alice"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not with somebody who is not here", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/4745b5da4919b1e5e9064fbf1a4dc27a29532a9deb267e7a62a69e03e48e5a1c",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["alice", "ghost"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not with oneself", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/d75ab65112be880e107b1a5bbc42a7572fd0c4834cb2228164068b6779a52eab",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["alice", "alice"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not by a person without a profile", async () => {
  await assertFails(
    setDoc(
      doc(
        as("ghost"),
        "conversations/4745b5da4919b1e5e9064fbf1a4dc27a29532a9deb267e7a62a69e03e48e5a1c",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["alice", "ghost"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not for three", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/b53cc518c9ec343e60677a40603f3babab0f79fd65265825df961556dab2c5ec",
      ),
      {
        kind: "direct",
        title: "",
        memberIds: ["alice", "carol", "bob"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not as a group", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/b53cc518c9ec343e60677a40603f3babab0f79fd65265825df961556dab2c5ec",
      ),
      {
        kind: "group",
        title: "",
        memberIds: ["alice", "carol"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not with a preview of one's own words", async () => {
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
        preview: "buy",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not with a title", async () => {
  await assertFails(
    setDoc(
      doc(
        as("alice"),
        "conversations/b53cc518c9ec343e60677a40603f3babab0f79fd65265825df961556dab2c5ec",
      ),
      {
        kind: "direct",
        title: "buy",
        memberIds: ["alice", "carol"],
        preview: "",
        total: 0,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not with a number of messages", async () => {
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
        total: 9,
        at: serverTimestamp(),
      },
    ),
  );
});

it("not at the top of the inbox for ever", async () => {
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
        at: ago(-2303640000),
      },
    ),
  );
});

it("not with an owner", async () => {
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
        owner: "alice",
      },
    ),
  );
});

it("nobody adds a member", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob"), {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob", "carol"],
      preview: "hi",
      total: 1,
      at: ago(3600),
    }),
  );
});

it("nobody joins alone", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "conversations/alice_bob"), {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob", "carol"],
      preview: "hi",
      total: 1,
      at: ago(3600),
    }),
  );
});

it("nobody deletes a conversation", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "conversations/alice_bob")));
});

it("a member reads a message", async () => {
  await assertSucceeds(getDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1")));
});

it("a stranger reads none", async () => {
  await assertFails(getDoc(doc(as("carol"), "conversations/alice_bob/messages/message-1")));
});

it("who was taken out reads none", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("left"), "conversations/left_alice/messages"),
        orderBy("at", "desc"),
        limit(30),
      ),
    ),
  );
});

it("a page of messages", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("alice"), "conversations/alice_bob/messages"),
        orderBy("at", "desc"),
        limit(30),
      ),
    ),
  );
});

it("not to a stranger", async () => {
  await assertFails(
    getDocs(
      query(
        collection(as("carol"), "conversations/alice_bob/messages"),
        orderBy("at", "desc"),
        limit(30),
      ),
    ),
  );
});

it("not all at once", async () => {
  await assertFails(
    getDocs(
      query(collection(as("alice"), "conversations/alice_bob/messages"), orderBy("at", "desc")),
    ),
  );
});

it("not across all conversations", async () => {
  await assertFails(
    getDocs(
      query(collectionGroup(as("alice"), "messages"), where("author", "==", "alice"), limit(30)),
    ),
  );
});

it("a member sends", async () => {
  await assertSucceeds(
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

it("not without a slot", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-2"), {
      author: "alice",
      text: "hello",
      at: serverTimestamp(),
      slot: "0",
    }),
  );
});

it("not on the slot of another message", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-3" },
    }),
  );
});

it("not on a slot that was taken before", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/older-message"), {
      author: "alice",
      text: "hello",
      at: serverTimestamp(),
      slot: "7",
    }),
  );
});

it("not on another's slot", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/bob/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not into a conversation of others", async () => {
  await assertFails(
    together(as("carol"), {
      "conversations/alice_bob/messages/message-2": {
        author: "carol",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/carol/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not in another's name", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "bob",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not at a time of one's own", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: "hello",
        at: ago(-43200),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not without words", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: "",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not with what is no text", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: ["a"],
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not with fields of one's own", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-2": {
        author: "alice",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
        admin: true,
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-2" },
    }),
  );
});

it("not under an id that is none", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/a b": {
        author: "alice",
        text: "hello",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "a b" },
    }),
  );
});

it("the same message again is refused", async () => {
  await assertFails(
    together(as("alice"), {
      "conversations/alice_bob/messages/message-1": {
        author: "alice",
        text: "hi",
        at: serverTimestamp(),
        slot: "0",
      },
      "users/alice/slots/0": { at: serverTimestamp(), message: "message-1" },
    }),
  );
});

it("nobody changes another's words", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "conversations/alice_bob/messages/message-1"), {
      author: "bob",
      text: "I owe you",
      at: ago(3600),
      slot: "3",
    }),
  );
});

it("nobody deletes a message for good", async () => {
  await assertFails(deleteDoc(doc(as("bob"), "conversations/alice_bob/messages/message-1")));
});

it("nobody has a message counted twice", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "conversations/alice_bob/counted/message-1")));
});

it("a free slot", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "users/alice/slots/0"), {
      at: serverTimestamp(),
      message: "message-2",
    }),
  );
});

it("a slot that has rested", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "users/alice/slots/8"), {
      at: serverTimestamp(),
      message: "message-2",
    }),
  );
});

it("not one that rests", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/slots/7"), {
      at: serverTimestamp(),
      message: "message-2",
    }),
  );
});

it("not one more than there are", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/slots/20"), {
      at: serverTimestamp(),
      message: "message-2",
    }),
  );
});

it("not dated back", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/slots/0"), { at: ago(43200), message: "message-2" }),
  );
});

it("nobody frees a slot", async () => {
  await assertFails(deleteDoc(doc(as("alice"), "users/alice/slots/7")));
});

it("nobody takes another's", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/bob/slots/0"), { at: serverTimestamp(), message: "message-2" }),
  );
});

it("an erased person leaves nothing new", async () => {
  await assertFails(
    setDoc(doc(as("ghost"), "users/ghost/slots/0"), {
      at: serverTimestamp(),
      message: "message-2",
    }),
  );
});

it("one's own states", async () => {
  await assertSucceeds(
    getDocs(
      query(
        collection(as("alice"), "users/alice/states"),
        where(documentId(), "in", ["alice_bob"]),
      ),
    ),
  );
});

it("not another's", async () => {
  await assertFails(getDocs(query(collection(as("bob"), "users/alice/states"), limit(1))));
});

it("one marks as read", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "users/alice/states/alice_bob"), {
      readAt: ago(900),
      readCount: 1,
      countedAt: ago(1800),
    }),
  );
});

it("one marks as read for the first time", async () => {
  await assertSucceeds(setDoc(doc(as("bob"), "users/bob/states/alice_bob"), { readAt: ago(3600) }));
});

it("one mutes", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "users/alice/states/alice_bob"), {
      readAt: ago(1800),
      readCount: 1,
      countedAt: ago(1800),
      muted: true,
    }),
  );
});

it("one mutes before anything is read", async () => {
  await assertSucceeds(setDoc(doc(as("bob"), "users/bob/states/alice_bob"), { muted: true }));
});

it("reading does not go back", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/states/alice_bob"), {
      readAt: ago(3600),
      readCount: 1,
      countedAt: ago(1800),
    }),
  );
});

it("nor ahead of the time", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/states/alice_bob"), {
      readAt: ago(-3600),
      readCount: 1,
      countedAt: ago(1800),
    }),
  );
});

it("the count is the server's", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/states/alice_bob"), {
      readAt: ago(900),
      readCount: 99,
      countedAt: ago(1800),
    }),
  );
});

it("the count is the server's from the first", async () => {
  await assertFails(setDoc(doc(as("bob"), "users/bob/states/alice_bob"), { readCount: 99 }));
});

it("a stranger does not learn how many messages there are", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "users/carol/states/alice_bob"), { readAt: ago(3600) }),
  );
});

it("nobody marks for another", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "users/alice/states/alice_bob"), {
      readAt: ago(900),
      readCount: 1,
      countedAt: ago(1800),
    }),
  );
});
