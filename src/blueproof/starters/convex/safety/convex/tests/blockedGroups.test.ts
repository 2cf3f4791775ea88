import { expect, test } from "vitest";

import { api } from "../_generated/api";
import { talk } from "./talk.setup";

test("somebody blocked brings nobody into a group", async () => {
  const { ann, eve } = await talk();
  await ann.as.mutation(api.safety.block, { personId: eve.id });
  const created = eve.as.mutation(api.groups.create, { title: "Us", people: [ann.id] });
  await expect(created).rejects.toThrow("cannot be reached");
  const conversationId = await eve.as.mutation(api.groups.create, { title: "Me", people: [] });
  const added = eve.as.mutation(api.groups.add, { conversationId, personId: ann.id });
  await expect(added).rejects.toThrow("cannot be reached");
});
