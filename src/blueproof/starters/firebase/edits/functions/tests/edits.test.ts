import { beforeEach, expect, it } from "vitest";

import { db } from "../src/app.js";
import { onMessageChanged } from "../src/messages.js";
import { person, read } from "./support.js";
import { direct, sent } from "./talk.js";

let alice: string;
let talk: string;

beforeEach(async () => {
  alice = await person("Alice");
  talk = await direct(alice, await person("Bob"));
});

async function changed(message: string, change: object) {
  const ref = db.doc(`conversations/${talk}/messages/${message}`);
  const before = await ref.get();
  await ref.update({ ...change });
  await onMessageChanged.run({
    params: { conversation: talk, message },
    data: { before, after: await ref.get() },
  } as never);
}

it("shows the new text in the inbox", async () => {
  await changed(await sent(talk, alice, "helo", 2_000), { text: "hello" });
  expect(await read(`conversations/${talk}`)).toMatchObject({ preview: "hello", total: 1 });
});

it("takes a deleted text out of the inbox", async () => {
  await changed(await sent(talk, alice, "secret", 2_000), { text: "", deleted: true });
  expect(await read(`conversations/${talk}`)).toMatchObject({ preview: "", total: 1 });
});

it("leaves the inbox alone when an older message changes", async () => {
  const older = await sent(talk, alice, "older", 2_000);
  await sent(talk, alice, "newer", 3_000);
  await changed(older, { text: "old" });
  expect(await read(`conversations/${talk}`)).toMatchObject({ preview: "newer" });
});
