import { expect, test } from "vitest";

import { api } from "../_generated/api";
import { talk } from "./talk.setup";

test("somebody blocked is neither shown nor sees who is there", async () => {
  const { ann, bob, conversationId } = await talk();
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  await ann.as.mutation(api.presence.beat, {});
  await bob.as.mutation(api.presence.type, { conversationId });
  expect(await bob.as.query(api.presence.online, { people: [ann.id] })).toEqual({
    [ann.id]: false,
  });
  expect(await ann.as.query(api.presence.typing, { conversationId })).toEqual([]);
});
