import { expect, test } from "vitest";

import { api } from "../_generated/api";
import { say, talk, texts } from "./talk.setup";

test("somebody blocked brings nobody into a group", async () => {
  const { ann, eve } = await talk();
  await ann.as.mutation(api.safety.block, { personId: eve.id });
  const created = eve.as.mutation(api.groups.create, { title: "Us", people: [ann.id] });
  await expect(created).rejects.toThrow("cannot be reached");
  const conversationId = await eve.as.mutation(api.groups.create, { title: "Me", people: [] });
  const added = eve.as.mutation(api.groups.add, { conversationId, personId: ann.id });
  await expect(added).rejects.toThrow("cannot be reached");
});

test("in a group, who blocks somebody sees nothing of what they write, and nobody else misses it", async () => {
  const { ann, bob, eve } = await talk();
  const given = { title: "Us", people: [bob.id, eve.id] };
  const conversationId = await ann.as.mutation(api.groups.create, given);
  await say(eve, conversationId, "Hello");
  await say(bob, conversationId, "Buy this");
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  expect(await texts(ann, conversationId)).toEqual(["Hello"]);
  expect(await ann.as.query(api.chat.get, { conversationId })).toMatchObject({ preview: "" });
  for (const who of [bob, eve]) {
    expect(await texts(who, conversationId)).toEqual(["Buy this", "Hello"]);
    expect(await who.as.query(api.chat.get, { conversationId })).toMatchObject({
      preview: "Buy this",
    });
  }
  await say(ann, conversationId, "Hi");
  expect(await texts(bob, conversationId)).toEqual(["Hi", "Buy this", "Hello"]);
  await ann.as.mutation(api.safety.unblock, { personId: bob.id });
  expect(await texts(ann, conversationId)).toEqual(["Hi", "Buy this", "Hello"]);
});

test("in a direct conversation what was said stays where it is", async () => {
  const { ann, bob, conversationId } = await talk();
  await say(bob, conversationId, "Hello");
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  expect(await texts(ann, conversationId)).toEqual(["Hello"]);
  expect(await ann.as.query(api.chat.get, { conversationId })).toMatchObject({ preview: "Hello" });
});
