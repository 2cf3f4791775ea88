import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Timestamp } from "firebase-admin/firestore";
import { afterEach, beforeEach, expect, it } from "vitest";

import { eraseAccount, exportAccount, onErasure } from "../src/account.js";
import { db } from "../src/app.js";
import { onReport } from "../src/reports.js";
import { from, person, read } from "./support.js";
import { counted, direct, sent, written } from "./talk.js";

let alice: string;
let bob: string;
let talk: string;

beforeEach(async () => {
  [alice, bob] = [await person("Alice"), await person("Bob")];
  talk = await direct(alice, bob);
});

afterEach(() => {
  delete process.env.MODERATION_URL;
});

async function reported(message: string, reporter: string) {
  const report = `${message}_${reporter}`;
  const at = Timestamp.now();
  await db
    .doc(`reports/${report}`)
    .set({ conversation: talk, message, reporter, reason: "rude", at, open: true });
  await onReport.run({ params: { report } } as never);
  return `reports/${report}`;
}

it("keeps the text that was reported, as it was", async () => {
  const message = await sent(talk, alice, "rude words", 2_000);
  const report = await reported(message, bob);
  await db.doc(`conversations/${talk}/messages/${message}`).update({ text: "sweet words" });
  await onReport.run({ params: { report: report.split("/")[1] } } as never);
  expect(await read(report)).toMatchObject({ text: "rude words", author: alice, open: true });
});

it("erases reports and blocks with the account, of both sides", async () => {
  const report = await reported(await sent(talk, alice, "rude words", 2_000), bob);
  await db.doc(`users/${bob}/blocks/${alice}`).set({ person: alice, at: Timestamp.now() });
  expect(JSON.stringify(await exportAccount.run(from(bob, {})))).toContain(alice);
  await eraseAccount.run(from(alice, {}));
  await onErasure.run({ params: { uid: alice } } as never);
  expect(await read(report)).toBeUndefined();
  expect(await read(`users/${bob}/blocks/${alice}`)).toBeUndefined();
});

async function withModeration(
  answer: (text: string) => [number, object],
  act: () => Promise<void>,
) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const [status, verdict] = answer(JSON.parse(body).text);
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify(verdict));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.MODERATION_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await act().finally(() => server.close());
}

it("removes what the moderation refuses and leaves the rest", async () => {
  await withModeration(
    (text) => [200, { remove: text === "bad" }],
    async () => {
      const [bad, good] = [
        await sent(talk, alice, "bad", 2_000),
        await sent(talk, alice, "good", 3_000),
      ];
      expect(await read(`conversations/${talk}/messages/${bad}`)).toMatchObject({
        text: "",
        deleted: true,
      });
      expect(await read(`conversations/${talk}/messages/${good}`)).toMatchObject({ text: "good" });
    },
  );
});

it("asks again when the moderation was down, and counts the message once", async () => {
  const message = await written(talk, alice, "bad", 2_000);
  await withModeration(
    () => [503, {}],
    async () => {
      await expect(counted(talk, message)).rejects.toThrow("503");
    },
  );
  await withModeration(
    () => [200, { remove: true }],
    () => counted(talk, message),
  );
  expect(await read(`conversations/${talk}/messages/${message}`)).toMatchObject({ deleted: true });
  expect(await read(`conversations/${talk}`)).toMatchObject({ total: 1 });
});
