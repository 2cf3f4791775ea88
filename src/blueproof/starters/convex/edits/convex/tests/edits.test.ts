import { describe, expect, test } from "vitest";

import { api } from "../_generated/api";
import { read, say, talk } from "./talk.setup";

describe("an edit", () => {
  test("changes the text where it stands, and the preview if it is the last", async () => {
    const { ann, bob, conversationId } = await talk();
    const first = await say(ann, conversationId, "Helo");
    await say(ann, conversationId, "Bob");
    await ann.as.mutation(api.edits.edit, { messageId: first, text: " Hello " });
    const { page } = await read(bob, conversationId);
    expect(page.map(({ text, edited }) => [text, edited])).toEqual([
      ["Bob", false],
      ["Hello", true],
    ]);
    const preview = async () => (await bob.as.query(api.chat.get, { conversationId }))?.preview;
    expect(await preview()).toBe("Bob");
    const last = await say(ann, conversationId, "By");
    await ann.as.mutation(api.edits.edit, { messageId: last, text: "Bye" });
    expect(await preview()).toBe("Bye");
  });

  test("is bounded as a message is", async () => {
    const { ann, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "Hello");
    const edit = (text: string) => ann.as.mutation(api.edits.edit, { messageId, text });
    await expect(edit(" ")).rejects.toThrow("write something");
    await expect(edit("x".repeat(4001))).rejects.toThrow("4000");
    for (let n = 0; n < 20; n++) await edit(`${n}`);
    await expect(edit("more")).rejects.toThrow("too often");
  });

  test("does not bring a deleted message back", async () => {
    const { ann, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "Hello");
    await ann.as.mutation(api.edits.remove, { messageId });
    const edited = ann.as.mutation(api.edits.edit, { messageId, text: "Hello again" });
    await expect(edited).rejects.toThrow("cannot be edited");
  });
});

describe("a deletion", () => {
  test("takes the text, the preview, and leaves the counts", async () => {
    const { ann, bob, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "secret");
    await ann.as.mutation(api.edits.remove, { messageId });
    await ann.as.mutation(api.edits.remove, { messageId });
    const { page } = await read(bob, conversationId);
    expect(page).toMatchObject([{ text: "", deleted: true }]);
    expect(await bob.as.query(api.chat.get, { conversationId })).toMatchObject({
      preview: "",
      unread: 1,
    });
  });
});

describe("a message of another", () => {
  test("is changed by nobody else: no member, no stranger, nobody signed in", async () => {
    const { t, ann, bob, eve, conversationId } = await talk();
    const messageId = await say(ann, conversationId, "Hello");
    const attempts: [typeof ann.as | typeof t, string][] = [
      [bob.as, "Only the author"],
      [eve.as, "no such message"],
      [t, "sign in"],
    ];
    for (const [who, sentence] of attempts) {
      await expect(who.mutation(api.edits.edit, { messageId, text: "Goodbye" })).rejects.toThrow(
        sentence,
      );
      await expect(who.mutation(api.edits.remove, { messageId })).rejects.toThrow(sentence);
    }
    expect((await read(ann, conversationId)).page).toMatchObject([
      { text: "Hello", edited: false },
    ]);
  });
});
