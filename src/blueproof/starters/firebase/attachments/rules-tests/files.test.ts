import { assertFails, assertSucceeds } from "@firebase/rules-unit-testing";
import { deleteObject, getMetadata, listAll, ref, uploadBytes } from "firebase/storage";
import { beforeEach, it } from "vitest";

import { filesOf, nobodysFiles, stored } from "./files";
import { seeded } from "./support";

beforeEach(async () => {
  await seeded({
    "conversations/alice_bob": { kind: "direct", memberIds: ["alice", "bob"] },
    "conversations/alice_bob/messages/message-1": { author: "alice", text: "a.png" },
    "conversations/alice_bob/messages/message-2": { author: "bob", text: "a.png" },
    "conversations/team/messages/message-1": { author: "alice", text: "a.png" },
    "conversations/team": { kind: "group", memberIds: ["bob"] },
  });
  await stored({ "attachments/bob/alice_bob/message-2": { size: 1000, contentType: "image/png" } });
});

it("a member opens a file", async () => {
  await assertSucceeds(getMetadata(ref(filesOf("alice"), "attachments/bob/alice_bob/message-2")));
});

it("a stranger does not", async () => {
  await assertFails(getMetadata(ref(filesOf("carol"), "attachments/bob/alice_bob/message-2")));
});

it("nobody does not", async () => {
  await assertFails(getMetadata(ref(nobodysFiles(), "attachments/bob/alice_bob/message-2")));
});

it("nobody lists files", async () => {
  await assertFails(listAll(ref(filesOf("alice"), "attachments/bob/alice_bob")));
});

it("a person attaches to their message", async () => {
  await assertSucceeds(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-1"),
      new Uint8Array(1000),
      { contentType: "image/png" },
    ),
  );
});

it("the largest file", async () => {
  await assertSucceeds(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-1"),
      new Uint8Array(10485760),
      { contentType: "application/pdf" },
    ),
  );
});

it("not one byte more", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-1"),
      new Uint8Array(10485761),
      { contentType: "image/png" },
    ),
  );
});

it("not an empty one", async () => {
  await assertFails(
    uploadBytes(ref(filesOf("alice"), "attachments/alice/alice_bob/message-1"), new Uint8Array(0), {
      contentType: "image/png",
    }),
  );
});

it("not a web page", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-1"),
      new Uint8Array(1000),
      { contentType: "text/html" },
    ),
  );
});

it("not a drawing with a script in it", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-1"),
      new Uint8Array(1000),
      { contentType: "image/svg+xml" },
    ),
  );
});

it("not to another's message", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-2"),
      new Uint8Array(1000),
      { contentType: "image/png" },
    ),
  );
});

it("not without a message", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("alice"), "attachments/alice/alice_bob/message-9"),
      new Uint8Array(1000),
      { contentType: "image/png" },
    ),
  );
});

it("not in another's folder", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("alice"), "attachments/bob/alice_bob/message-1"),
      new Uint8Array(1000),
      { contentType: "image/png" },
    ),
  );
});

it("not into a group that one has left", async () => {
  await assertFails(
    uploadBytes(ref(filesOf("alice"), "attachments/alice/team/message-1"), new Uint8Array(1000), {
      contentType: "image/png",
    }),
  );
});

it("a stranger attaches nothing", async () => {
  await assertFails(
    uploadBytes(
      ref(filesOf("carol"), "attachments/carol/alice_bob/message-1"),
      new Uint8Array(1000),
      { contentType: "image/png" },
    ),
  );
});

it("nobody puts another file in its place", async () => {
  await assertFails(
    uploadBytes(ref(filesOf("bob"), "attachments/bob/alice_bob/message-2"), new Uint8Array(1000), {
      contentType: "image/png",
    }),
  );
});

it("nobody deletes a file past the server", async () => {
  await assertFails(deleteObject(ref(filesOf("bob"), "attachments/bob/alice_bob/message-2")));
});

it("what no rule names is closed", async () => {
  await assertFails(
    uploadBytes(ref(filesOf("alice"), "public/a.png"), new Uint8Array(1000), {
      contentType: "image/png",
    }),
  );
});
