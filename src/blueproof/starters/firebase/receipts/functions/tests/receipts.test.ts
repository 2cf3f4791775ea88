import { expect, it } from "vitest";

import { eraseAccount, onErasure } from "../src/account.js";
import { from, person, read } from "./support.js";
import { direct, markedRead, sent } from "./talk.js";

it("shows others up to where somebody has read, and takes it away with the account", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await sent(talk, alice, "one", 2_000);
  await markedRead(bob, talk, 2_000);
  const receipt = `conversations/${talk}/receipts/${bob}`;
  expect((await read(receipt))?.readAt.toMillis()).toBe(2_000);
  await eraseAccount.run(from(bob, {}));
  await onErasure.run({ params: { uid: bob } } as never);
  expect(await read(receipt)).toBeUndefined();
});
