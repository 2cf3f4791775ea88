import { expect, test } from "vitest";

import type { Conversation } from "@/lib/data/types";
import { readers, readLabel } from "@/lib/receipts/readers";

const conversation: Conversation = {
  id: "one",
  title: "",
  people: ["me", "ada", "bob"].map((id) => ({ id, name: id, photo: null })),
  group: true,
  preview: "",
  at: 0,
  unread: 0,
  muted: false,
};

test("only others who are still there count as readers", () => {
  expect(readers(conversation, "me", { me: 9, ada: 5, bob: 4, gone: 9 }, 5)).toBe(1);
  expect(readers(conversation, "me", {}, 5)).toBe(0);
});

test("a group says how many, two people need no number", () => {
  expect(readLabel(0, true)).toBeNull();
  expect(readLabel(2, true)).toBe("Read by 2");
  expect(readLabel(1, false)).toBe("Read");
});
