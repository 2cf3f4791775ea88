import { getAuth } from "firebase-admin/auth";
import { expect, it } from "vitest";

import { eraseAccount, exportAccount, onErasure } from "../src/account.js";
import type { Eraser } from "../src/account-hooks.js";
import { db } from "../src/app.js";
import { spend } from "../src/callable.js";
import { erasers } from "../src/hooks.js";
import { from, fresh, person, read } from "./support.js";

async function erase(uid: string) {
  await eraseAccount.run(from(uid, {}));
  await onErasure.run({ params: { uid } } as never);
}

it("exports what is known of a person to that person", async () => {
  const alice = await person("Alice", `${fresh("alice")}@example.com`);
  const text = await exportAccount.run(from(alice, {}));
  expect(text).toMatchObject({ profile: { name: "Alice" } });
});

it("exports nothing to somebody who is not signed in", async () => {
  await expect(exportAccount.run(from(null, {}))).rejects.toThrow("Sign in first.");
});

it("erases the account, its profile and all that lies below it", async () => {
  const alice = await person("Alice");
  await db.doc(`users/${alice}/slots/1`).set({ message: "m" });
  await erase(alice);
  expect(await read(`users/${alice}`)).toBeUndefined();
  expect(await read(`users/${alice}/slots/1`)).toBeUndefined();
  await expect(getAuth().getUser(alice)).rejects.toThrow();
});

it("takes the profile away first: what asks for one is closed while the rest is erased", async () => {
  const [alice, during] = [await person("Alice"), [] as unknown[]];
  const look = async () => void during.push(await read(`users/${alice}`));
  (erasers as Eraser[]).unshift(look);
  await erase(alice);
  (erasers as Eraser[]).shift();
  expect(during).toEqual([undefined]);
});

it("can erase again after it has been stopped half-way", async () => {
  const alice = await person("Alice");
  await erase(alice);
  await expect(erase(alice)).resolves.toBeUndefined();
});

it("leaves everybody else alone", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  await erase(alice);
  expect(await read(`users/${bob}`)).toMatchObject({ name: "Bob" });
});

it("lets nobody do a thing more often than its budget", async () => {
  const uid = fresh("uid");
  await spend(uid, "thing", 2, 60);
  await spend(uid, "thing", 2, 60);
  await expect(spend(uid, "thing", 2, 60)).rejects.toThrow("too often");
  await expect(spend(uid, "other", 2, 60)).resolves.toBeUndefined();
});
