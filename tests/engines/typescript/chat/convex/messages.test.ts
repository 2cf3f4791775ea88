import { convexTest } from "convex-test";
import { expect, test } from "vitest";
import { api } from "./_generated/api";
import schema from "./schema";

const modules = import.meta.glob("./**/*.*s");
const conversation = "c1";

async function world() {
  const t = convexTest(schema, modules);
  await t.run(async (ctx) => {
    for (const person of ["ann", "bob"]) {
      await ctx.db.insert("members", { conversation, person });
    }
  });
  const as = (subject: string) => t.withIdentity({ subject });
  return { ann: as("ann"), bob: as("bob"), eve: as("eve") };
}

test("a member reads what another member wrote", async () => {
  const { ann, bob } = await world();
  await ann.mutation(api.messages.send, { conversation, clientId: "1", text: "hello" });
  expect(await bob.query(api.messages.list, { conversation })).toEqual([
    { author: "ann", text: "hello" },
  ]);
});

test("a stranger learns nothing", async () => {
  const { ann, eve } = await world();
  await ann.mutation(api.messages.send, { conversation, clientId: "1", text: "hello" });
  await expect(eve.query(api.messages.list, { conversation })).rejects.toThrow("no such");
});

test("the same client id twice gives one message", async () => {
  const { ann } = await world();
  for (const text of ["hello", "hello again"]) {
    await ann.mutation(api.messages.send, { conversation, clientId: "1", text });
  }
  expect(await ann.query(api.messages.list, { conversation })).toHaveLength(1);
});
