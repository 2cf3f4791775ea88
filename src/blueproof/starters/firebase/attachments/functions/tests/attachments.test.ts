import { getStorage } from "firebase-admin/storage";
import { beforeEach, expect, it } from "vitest";

import { eraseAccount, onErasure } from "../src/account.js";
import { onUpload, placeOf, removeAttachment } from "../src/attachments.js";
import { isWhatItSays } from "../src/file-types.js";
import { from, person, read } from "./support.js";
import { direct, sent } from "./talk.js";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const bucket = () => getStorage().bucket();

let alice: string;
let bob: string;
let talk: string;
let message: string;

beforeEach(async () => {
  [alice, bob] = [await person("Alice"), await person("Bob")];
  talk = await direct(alice, bob);
  message = await sent(talk, alice, "a.png", 2_000);
});

async function upload(uid: string, contentType: string, data: Buffer) {
  const name = `attachments/${uid}/${talk}/${message}`;
  const metadata = { contentType, metadata: { name: "a.png" } };
  await bucket().file(name).save(data, { metadata, resumable: false });
  await onUpload.run({ data: { name, bucket: bucket().name } } as never);
  return name;
}

const shown = () => read(`conversations/${talk}/attachments/${message}`);
const stored = async (name: string) => (await bucket().file(name).exists())[0];

it("shows a file that is what it says", async () => {
  const name = await upload(alice, "image/png", PNG);
  expect(await shown()).toMatchObject({
    author: alice,
    path: name,
    type: "image/png",
    bytes: PNG.length,
    name: "a.png",
  });
});

it("deletes a file that is something else", async () => {
  const name = await upload(alice, "image/png", Buffer.from("<html><script>alert(1)</script>"));
  expect(await shown()).toBeUndefined();
  expect(await stored(name)).toBe(false);
});

it("deletes a file for a message that somebody else wrote", async () => {
  const name = await upload(bob, "image/png", PNG);
  expect(await shown()).toBeUndefined();
  expect(await stored(name)).toBe(false);
});

it("takes the file away with its message and with the account", async () => {
  const name = await upload(alice, "image/png", PNG);
  await removeAttachment(talk, message);
  expect([await shown(), await stored(name)]).toEqual([undefined, false]);
  await upload(alice, "image/png", PNG);
  await eraseAccount.run(from(alice, {}));
  await onErasure.run({ params: { uid: alice } } as never);
  expect([await shown(), await stored(name)]).toEqual([undefined, false]);
});

it("knows files by how they begin, and where they belong by their path", () => {
  expect(isWhatItSays("image/jpeg", PNG)).toBe(false);
  expect(isWhatItSays("text/html", PNG)).toBe(false);
  expect(placeOf("attachments/a/b/c")).toEqual({ uid: "a", conversation: "b", message: "c" });
  expect(placeOf("attachments/a/b/c/d")).toBeUndefined();
  expect(placeOf("other/a/b/c")).toBeUndefined();
});
