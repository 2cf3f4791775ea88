import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import {
  collection,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  limit,
  query,
  serverTimestamp,
  setDoc,
  where,
} from "firebase/firestore";
import { beforeEach, it } from "vitest";

import { ago, as, seeded } from "./support";

beforeEach(() =>
  seeded({
    "users/alice": { name: "Alice", photo: null },
    "users/bob": { name: "Bob", photo: null },
    "conversations/alice_bob": {
      kind: "direct",
      title: "",
      memberIds: ["alice", "bob"],
      preview: "",
      total: 1,
      at: ago(3600),
    },
    "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a": {
      uid: "alice",
      token: "ExponentPushToken[aaaaaaaaaaaaaaaaaaaaaa]",
      platform: "ios",
      at: ago(3600),
    },
    "tickets/one": { device: "x", at: ago(3600) },
    "users/alice/open/now": { conversation: null, at: ago(3600) },
  }),
);

it("a person registers a device", async () => {
  await assertSucceeds(
    setDoc(
      doc(as("bob"), "tokens/dc668e7bb60709269741f57a23551b3942efa1728f635d2373aa5582a334c84f"),
      {
        uid: "bob",
        token: "ExponentPushToken[bbbbbbbbbbbbbbbbbbbbbb]",
        platform: "android",
        at: serverTimestamp(),
      },
    ),
  );
});

it("not for another", async () => {
  await assertFails(
    setDoc(
      doc(as("alice"), "tokens/dc668e7bb60709269741f57a23551b3942efa1728f635d2373aa5582a334c84f"),
      {
        uid: "bob",
        token: "ExponentPushToken[bbbbbbbbbbbbbbbbbbbbbb]",
        platform: "android",
        at: serverTimestamp(),
      },
    ),
  );
});

it("not under another id", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "tokens/mine"), {
      uid: "bob",
      token: "ExponentPushToken[bbbbbbbbbbbbbbbbbbbbbb]",
      platform: "android",
      at: serverTimestamp(),
    }),
  );
});

it("not under another device's id", async () => {
  await assertFails(
    setDoc(
      doc(as("bob"), "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a"),
      {
        uid: "bob",
        token: "ExponentPushToken[bbbbbbbbbbbbbbbbbbbbbb]",
        platform: "android",
        at: serverTimestamp(),
      },
    ),
  );
});

it("not an address of another kind", async () => {
  await assertFails(
    setDoc(
      doc(as("bob"), "tokens/e55db36714faa6af771365d32a014c394178af5e4633e902a340d65fe39e581b"),
      { uid: "bob", token: "https://evil.example", platform: "ios", at: serverTimestamp() },
    ),
  );
});

it("not an erased person", async () => {
  await assertFails(
    setDoc(
      doc(as("ghost"), "tokens/dc668e7bb60709269741f57a23551b3942efa1728f635d2373aa5582a334c84f"),
      {
        uid: "ghost",
        token: "ExponentPushToken[bbbbbbbbbbbbbbbbbbbbbb]",
        platform: "ios",
        at: serverTimestamp(),
      },
    ),
  );
});

it("not dated back", async () => {
  await assertFails(
    setDoc(
      doc(as("bob"), "tokens/dc668e7bb60709269741f57a23551b3942efa1728f635d2373aa5582a334c84f"),
      {
        uid: "bob",
        token: "ExponentPushToken[bbbbbbbbbbbbbbbbbbbbbb]",
        platform: "ios",
        at: ago(3600),
      },
    ),
  );
});

it("who signs in on a device takes it over", async () => {
  await assertSucceeds(
    setDoc(
      doc(as("bob"), "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a"),
      {
        uid: "bob",
        token: "ExponentPushToken[aaaaaaaaaaaaaaaaaaaaaa]",
        platform: "ios",
        at: serverTimestamp(),
      },
    ),
  );
});

it("nobody gives a device to another", async () => {
  await assertFails(
    setDoc(
      doc(as("bob"), "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a"),
      {
        uid: "alice",
        token: "ExponentPushToken[aaaaaaaaaaaaaaaaaaaaaa]",
        platform: "ios",
        at: serverTimestamp(),
      },
    ),
  );
});

it("one forgets one's device", async () => {
  await assertSucceeds(
    deleteDoc(
      doc(as("alice"), "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a"),
    ),
  );
});

it("one forgets what is gone", async () => {
  await assertSucceeds(
    deleteDoc(
      doc(as("alice"), "tokens/dc668e7bb60709269741f57a23551b3942efa1728f635d2373aa5582a334c84f"),
    ),
  );
});

it("nobody silences another", async () => {
  await assertFails(
    deleteDoc(
      doc(as("bob"), "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a"),
    ),
  );
});

it("nobody reads another's device", async () => {
  await assertFails(
    getDoc(
      doc(as("bob"), "tokens/cf71de5bba2417f0fe447baf3d7386d99ae2cfbd0fc7ba43f04b3964f9073c3a"),
    ),
  );
});

it("nobody lists devices", async () => {
  await assertFails(
    getDocs(query(collection(as("alice"), "tokens"), where("uid", "==", "alice"), limit(10))),
  );
});

it("nobody reads tickets", async () => {
  await assertFails(getDoc(doc(as("alice"), "tickets/one")));
});

it("one tells what is open", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "users/alice/open/now"), {
      conversation: "alice_bob",
      at: serverTimestamp(),
    }),
  );
});

it("one tells that nothing is", async () => {
  await assertSucceeds(
    setDoc(doc(as("alice"), "users/alice/open/now"), { conversation: null, at: serverTimestamp() }),
  );
});

it("one tells it for the first time", async () => {
  await assertSucceeds(
    setDoc(doc(as("bob"), "users/bob/open/now"), {
      conversation: "alice_bob",
      at: serverTimestamp(),
    }),
  );
});

it("not a conversation of others", async () => {
  await assertFails(
    setDoc(doc(as("carol"), "users/carol/open/now"), {
      conversation: "alice_bob",
      at: serverTimestamp(),
    }),
  );
});

it("not in many places", async () => {
  await assertFails(
    setDoc(doc(as("alice"), "users/alice/open/two"), { conversation: null, at: serverTimestamp() }),
  );
});

it("nobody tells it for another", async () => {
  await assertFails(
    setDoc(doc(as("bob"), "users/alice/open/now"), {
      conversation: "alice_bob",
      at: serverTimestamp(),
    }),
  );
});

it("nobody reads what another has open", async () => {
  await assertFails(getDoc(doc(as("bob"), "users/alice/open/now")));
});

it("an erased person leaves nothing new", async () => {
  await assertFails(
    setDoc(doc(as("ghost"), "users/ghost/open/now"), { conversation: null, at: serverTimestamp() }),
  );
});
