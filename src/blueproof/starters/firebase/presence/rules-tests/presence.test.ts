import { readFileSync } from "node:fs";

import {
  assertFails,
  assertSucceeds,
  initializeTestEnvironment,
} from "@firebase/rules-unit-testing";
import { type Database, get, ref, serverTimestamp, set } from "firebase/database";
import { afterAll, beforeEach, it } from "vitest";

const environment = await initializeTestEnvironment({
  projectId: "demo-app",
  database: { rules: readFileSync("database.rules.json", "utf8") },
});

afterAll(() => environment.cleanup());

beforeEach(async () => {
  await environment.clearDatabase();
  await environment.withSecurityRulesDisabled(async (context) => {
    await set(ref(database(context)), {
      members: { alice_bob: { alice: true, bob: true }, team: { bob: true, carol: true } },
      pairs: { alice: { bob: true }, bob: { alice: true } },
      status: { bob: { online: true, at: 1 } },
      typing: { alice_bob: { bob: 1 } },
    });
  });
});

function database(context: { database(): unknown }): Database {
  return context.database() as Database;
}

const as = (uid: string) => database(environment.authenticatedContext(uid));
const nobody = () => database(environment.unauthenticatedContext());
const online = (is: unknown = true) => ({ online: is, at: serverTimestamp() });

it("who shares a direct conversation sees who is online", async () => {
  await assertSucceeds(get(ref(as("alice"), "status/bob/online")));
});

it("who shares only a group does not", async () => {
  await assertFails(get(ref(as("carol"), "status/bob/online")));
});

it("nobody does not", async () => {
  await assertFails(get(ref(nobody(), "status/bob/online")));
});

it("nobody lists who is online", async () => {
  await assertFails(get(ref(as("alice"), "status")));
});

it("a person says that they are online", async () => {
  await assertSucceeds(set(ref(as("alice"), "status/alice"), online()));
});

it("not that another is", async () => {
  await assertFails(set(ref(as("alice"), "status/bob"), online(false)));
});

it("not at a time of their own", async () => {
  await assertFails(set(ref(as("alice"), "status/alice"), { online: true, at: 1 }));
});

it("not with words", async () => {
  await assertFails(set(ref(as("alice"), "status/alice"), online("buy this")));
  await assertFails(set(ref(as("alice"), "status/alice"), { ...online(), note: "buy this" }));
});

it("a member sees who is typing", async () => {
  await assertSucceeds(get(ref(as("alice"), "typing/alice_bob")));
});

it("a stranger does not see it", async () => {
  await assertFails(get(ref(as("carol"), "typing/alice_bob")));
});

it("a member is typing, and stops", async () => {
  await assertSucceeds(set(ref(as("alice"), "typing/alice_bob/alice"), serverTimestamp()));
  await assertSucceeds(set(ref(as("alice"), "typing/alice_bob/alice"), null));
});

it("nobody types for another", async () => {
  await assertFails(set(ref(as("alice"), "typing/alice_bob/bob"), serverTimestamp()));
});

it("a stranger types nowhere", async () => {
  await assertFails(set(ref(as("carol"), "typing/alice_bob/carol"), serverTimestamp()));
});

it("nobody makes themselves a member", async () => {
  await assertFails(set(ref(as("carol"), "members/alice_bob/carol"), true));
});

it("nobody makes themselves another's partner, or reads who are", async () => {
  await assertFails(set(ref(as("carol"), "pairs/bob/carol"), true));
  await assertFails(get(ref(as("carol"), "pairs/bob")));
});

it("nobody reads who is a member", async () => {
  await assertFails(get(ref(as("carol"), "members/alice_bob")));
});
