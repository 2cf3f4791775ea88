import { expect, test } from "vitest";

import type { MutationCtx } from "../_generated/server";
import { saveUser } from "../model/signIn";
import { arrive, backend, type Backend } from "./backend.setup";

function save(t: Backend, profile: Record<string, unknown>) {
  return t.run((ctx) => saveUser(ctx as MutationCtx, { existingUserId: null, profile }));
}

test("a proven address leads to the person who proved it before", async () => {
  const t = backend();
  const ann = await arrive(t, "Ann", { email: "ann@example.com", emailVerificationTime: 1 });
  expect(await save(t, { email: "Ann@example.com", emailVerified: true })).toBe(ann.id);
});

test("an unproven address leads to nobody who is there", async () => {
  const t = backend();
  const ann = await arrive(t, "Ann", { email: "ann@example.com", emailVerificationTime: 1 });
  expect(await save(t, { email: "ann@example.com" })).not.toBe(ann.id);
});

test("who took an address without proof is not joined with the one who proves it", async () => {
  const t = backend();
  const eve = await arrive(t, "Eve", { email: "ann@example.com" });
  expect(await save(t, { email: "ann@example.com", emailVerified: true })).not.toBe(eve.id);
});

test("a name from outside is cut, and a missing one replaced", async () => {
  const t = backend();
  const long = await save(t, { name: "x".repeat(500) });
  const none = await save(t, { name: "  " });
  const names = await t.run(async (ctx) => [
    (await ctx.db.get(long))?.name,
    (await ctx.db.get(none))?.name,
  ]);
  expect(names).toEqual(["x".repeat(60), "New person"]);
});

test("nobody makes themselves anything by their profile", async () => {
  const t = backend();
  const id = await save(t, { name: "Eve", emailVerificationTime: 1, erasing: true, _id: "mine" });
  const { _id, _creationTime, ...stored } = (await t.run((ctx) => ctx.db.get(id)))!;
  expect(stored).toEqual({ name: "Eve", anonymous: false });
});
