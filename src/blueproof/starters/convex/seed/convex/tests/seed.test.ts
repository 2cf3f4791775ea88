import { afterEach, expect, test } from "vitest";

import { api, internal } from "../_generated/api";
import { arrive, backend, firstPage } from "./backend.setup";

afterEach(() => {
  delete process.env.SEED;
});

test("somebody gets people to talk with, once", async () => {
  process.env.SEED = "allowed";
  const t = backend();
  const ann = await arrive(t, "Ann", { email: "ann@example.com" });
  for (let n = 0; n < 2; n++) await t.mutation(internal.seed.fill, { email: "ann@example.com" });
  const { page } = await ann.as.query(api.chat.inbox, { paginationOpts: firstPage });
  expect(page.map(({ unread }) => unread).sort()).toEqual([1, 2, 3]);
});

test("nothing is filled where it was not allowed, or for nobody", async () => {
  const t = backend();
  await expect(t.mutation(internal.seed.fill, { email: "ann@example.com" })).rejects.toThrow(
    "SEED",
  );
  process.env.SEED = "allowed";
  await expect(t.mutation(internal.seed.fill, { email: "ann@example.com" })).rejects.toThrow(
    "Nobody",
  );
});
