import { getAuth } from "firebase-admin/auth";
import { Timestamp } from "firebase-admin/firestore";
import { beforeEach, expect, it } from "vitest";

import { eraseAccount, onErasure } from "../src/account.js";
import { db } from "../src/app.js";
import { resolveReport, setRole } from "../src/roles.js";
import { fresh, from, person, read } from "./support.js";
import { direct, sent } from "./talk.js";

let admin: string;
let alice: string;

beforeEach(async () => {
  [admin, alice] = [await person("Admin"), await person("Alice")];
  await getAuth().setCustomUserClaims(admin, { role: "admin" });
});

const roleOf = async (uid: string) => (await getAuth().getUser(uid)).customClaims?.role;

it("lets an administrator give a role", async () => {
  await setRole.run(from(admin, { person: alice, role: "moderator" }));
  expect(await roleOf(alice)).toBe("moderator");
});

it("lets no token that says the old role be renewed", async () => {
  const renewable = async () => (await getAuth().getUser(alice)).tokensValidAfterTime;
  expect(await renewable()).toBeUndefined();
  await setRole.run(from(admin, { person: alice, role: "moderator" }));
  expect(await renewable()).toBeDefined();
});

it("lets nobody else give one, to themselves least of all", async () => {
  await expect(setRole.run(from(alice, { person: alice, role: "admin" }))).rejects.toThrow(
    "not allowed",
  );
  await setRole.run(from(admin, { person: alice, role: "moderator" }));
  await expect(setRole.run(from(alice, { person: alice, role: "admin" }))).rejects.toThrow(
    "not allowed",
  );
  await expect(setRole.run(from(null, { person: alice, role: "admin" }))).rejects.toThrow(
    "Sign in",
  );
});

it("asks the account and not the token", async () => {
  const request = from(alice, { person: alice, role: "admin" });
  (request.auth as unknown as { token: object }).token = { role: "admin" };
  await expect(setRole.run(request)).rejects.toThrow("not allowed");
});

it("knows no other roles, and keeps an administrator", async () => {
  await expect(setRole.run(from(admin, { person: alice, role: "king" }))).rejects.toThrow(
    "no such role",
  );
  await expect(setRole.run(from(admin, { person: admin, role: "member" }))).rejects.toThrow(
    "another administrator",
  );
});

it("begins with the confirmed address that the project names", async () => {
  const email = `${fresh("first")}@example.com`;
  const first = await person("First", email);
  process.env.FIRST_ADMIN_EMAIL = email;
  await setRole.run(from(first, { person: first, role: "admin" }));
  expect(await roleOf(first)).toBe("admin");
  const other = `${fresh("second")}@example.com`;
  const second = await person("Second", other);
  await getAuth().updateUser(second, { emailVerified: false });
  process.env.FIRST_ADMIN_EMAIL = other;
  await expect(setRole.run(from(second, { person: second, role: "admin" }))).rejects.toThrow(
    "not allowed",
  );
  delete process.env.FIRST_ADMIN_EMAIL;
});

it("keeps what was done without the name of an erased account", async () => {
  await setRole.run(from(admin, { person: alice, role: "moderator" }));
  const entries = await db.collection("audit").where("person", "==", alice).get();
  expect(entries.size).toBe(1);
  await eraseAccount.run(from(alice, {}));
  await onErasure.run({ params: { uid: alice } } as never);
  expect((await entries.docs[0]?.ref.get())?.data()).toMatchObject({ by: admin, person: "" });
});

it("closes a report with or without removing the message, for moderators only", async () => {
  const talk = await direct(alice, await person("Bob"));
  const message = await sent(talk, alice, "rude", 2_000);
  const report = {
    conversation: talk,
    message,
    reporter: "x",
    reason: "r",
    at: Timestamp.now(),
    open: true,
  };
  await db.doc(`reports/${message}_x`).set(report);
  await expect(
    resolveReport.run(from(alice, { id: `${message}_x`, remove: true })),
  ).rejects.toThrow("not allowed");
  await resolveReport.run(from(admin, { id: `${message}_x`, remove: false }));
  expect(await read(`conversations/${talk}/messages/${message}`)).toMatchObject({ text: "rude" });
  await resolveReport.run(from(admin, { id: `${message}_x`, remove: true }));
  expect(await read(`conversations/${talk}/messages/${message}`)).toMatchObject({
    text: "",
    deleted: true,
  });
  expect(await read(`reports/${message}_x`)).toMatchObject({ open: false });
});
