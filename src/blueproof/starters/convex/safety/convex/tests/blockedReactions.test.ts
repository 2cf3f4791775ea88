import { expect, test } from "vitest";

import { api } from "../_generated/api";
import { say, talk } from "./talk.setup";

test("somebody blocked does not react", async () => {
  const { ann, bob, conversationId } = await talk();
  const messageId = await say(ann, conversationId, "Hello");
  await ann.as.mutation(api.safety.block, { personId: bob.id });
  const reacted = bob.as.mutation(api.reactions.react, { messageId, emoji: "👎" });
  await expect(reacted).rejects.toThrow("cannot be reached");
});
