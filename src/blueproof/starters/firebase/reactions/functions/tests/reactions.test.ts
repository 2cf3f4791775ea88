import { Timestamp } from "firebase-admin/firestore";
import { expect, it } from "vitest";

import { eraseAccount, onErasure } from "../src/account.js";
import { db } from "../src/app.js";
import { from, person, read } from "./support.js";
import { direct, sent } from "./talk.js";

it("takes a person's reactions away with the account and leaves those of others", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  const message = await sent(talk, alice, "one", 2_000);
  const path = `conversations/${talk}/reactions/${message}`;
  const by = { [alice]: "👍", [bob]: "😂" };
  await db.doc(path).set({ by, people: [alice, bob], at: Timestamp.fromMillis(3_000) });
  await eraseAccount.run(from(alice, {}));
  await onErasure.run({ params: { uid: alice } } as never);
  expect(await read(path)).toMatchObject({ by: { [bob]: "😂" }, people: [bob] });
  expect((await read(path))?.by[alice]).toBeUndefined();
});
