import { describe, expect, test } from "vitest";

import { api } from "../_generated/api";
import { talk } from "./talk.setup";

describe("whoever asks for too much", () => {
  test("is read a page of bounded size", async () => {
    const { t, ann, conversationId } = await talk();
    await t.run(async (ctx) => {
      for (let seq = 1; seq <= 401; seq++) {
        const fields = { conversationId, authorId: ann.id, text: "a", edited: false, deleted: false };
        await ctx.db.insert("messages", { ...fields, clientId: `${seq}`, seq });
      }
    });
    const paginationOpts = { numItems: 1_000_000, cursor: null };
    const { page, isDone } = await ann.as.query(api.chat.list, { conversationId, paginationOpts });
    expect([page.length, isDone]).toEqual([400, false]);
  });

  test("is told of a link that leads nowhere, as of a conversation of others", async () => {
    const { ann } = await talk();
    const conversationId = "nonsense";
    expect(await ann.as.query(api.chat.get, { conversationId })).toBeNull();
    expect(await ann.as.query(api.chat.people, { conversationId })).toBeNull();
  });
});
