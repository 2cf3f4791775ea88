import { expect, test } from "vitest";

import { api } from "../_generated/api";
import { say, talk } from "./talk.setup";

test("somebody blocked does not write by editing", async () => {
  const { ann, bob, conversationId } = await talk();
  const messageId = await say(bob, conversationId, "Hello");
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  const edited = bob.as.mutation(api.edits.edit, { messageId, text: "Why?" });
  await expect(edited).rejects.toThrow("cannot be reached");
  await bob.as.mutation(api.edits.remove, { messageId });
});
