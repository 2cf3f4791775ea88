import { Timestamp } from "firebase-admin/firestore";
import { expect, it } from "vitest";

import { db } from "../src/app.js";
import { addMember, createGroup } from "../src/groups.js";
import { from, person } from "./support.js";

it("lets nobody bring into a group who has blocked them", async () => {
  const [alice, bob, carol] = [await person("Alice"), await person("Bob"), await person("Carol")];
  await db.doc(`users/${carol}/blocks/${alice}`).set({ person: alice, at: Timestamp.now() });
  const { id } = await createGroup.run(from(alice, { title: "Team", people: [bob] }));
  await expect(addMember.run(from(alice, { id, person: carol }))).rejects.toThrow("not here");
  await expect(createGroup.run(from(alice, { title: "T", people: [carol] }))).rejects.toThrow(
    "not here",
  );
  await expect(addMember.run(from(bob, { id, person: carol }))).resolves.toEqual({});
  await expect(createGroup.run(from(carol, { title: "T", people: [alice] }))).rejects.toThrow(
    "not here",
  );
});
