import { expect, it } from "vitest";

import { eraseAccount, exportAccount, onErasure } from "../src/account.js";
import { db } from "../src/app.js";
import { findPerson } from "../src/find-person.js";
import { getAuth } from "firebase-admin/auth";
import { from, fresh, person, read } from "./support.js";
import { direct, sent } from "./talk.js";

it("finds a person by a confirmed address", async () => {
  const email = `${fresh("bob")}@example.com`;
  const [alice, bob] = [await person("Alice"), await person("Bob", email)];
  expect(await findPerson.run(from(alice, { email }))).toEqual({
    person: { id: bob, name: "Bob", photo: null },
  });
});

it("does not find one by an address that nobody has confirmed", async () => {
  const email = `${fresh("bob")}@example.com`;
  const [alice, bob] = [await person("Alice"), await person("Bob", email)];
  await getAuth().updateUser(bob, { emailVerified: false });
  expect(await findPerson.run(from(alice, { email }))).toEqual({ person: null });
});

it("answers nobody who is not signed in, and nobody who asks without end", async () => {
  await expect(findPerson.run(from(null, { email: "a@example.com" }))).rejects.toThrow(
    "Sign in first.",
  );
  const alice = await person("Alice");
  const ask = () => findPerson.run(from(alice, { email: "nobody@example.com" }));
  for (let time = 0; time < 30; time += 1) await ask();
  await expect(ask()).rejects.toThrow("too often");
});

it("exports one's own messages and nobody else's", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await sent(talk, alice, "mine", 2_000);
  await sent(talk, bob, "theirs", 3_000);
  const text = JSON.stringify(await exportAccount.run(from(alice, {})));
  expect(text).toContain("mine");
  expect(text).not.toContain("theirs");
});

it("erases what a person has written and leaves what others wrote", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  const theirs = await sent(talk, bob, "theirs", 2_000);
  const mine = await sent(talk, alice, "mine", 3_000);
  await eraseAccount.run(from(alice, {}));
  await onErasure.run({ params: { uid: alice } } as never);
  expect(await read(`conversations/${talk}/messages/${mine}`)).toMatchObject({
    author: "",
    text: "",
    deleted: true,
  });
  expect(await read(`conversations/${talk}/messages/${theirs}`)).toMatchObject({
    author: bob,
    text: "theirs",
  });
  expect(await read(`conversations/${talk}`)).toMatchObject({
    memberIds: [bob],
    preview: "",
    total: 2,
  });
});

it("keeps no trace of a person in their direct conversation, nor in its id", async () => {
  const [alice, bob] = [await person("Alice"), await person("Bob")];
  const talk = await direct(alice, bob);
  await sent(talk, alice, "mine", 2_000);
  await eraseAccount.run(from(alice, {}));
  await onErasure.run({ params: { uid: alice } } as never);
  const left = await db.collection(`conversations/${talk}/messages`).get();
  const whole = [talk, await read(`conversations/${talk}`), left.docs.map((each) => each.data())];
  expect(JSON.stringify(whole)).not.toContain(alice);
});
