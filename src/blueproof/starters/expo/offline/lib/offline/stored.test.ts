import { expect, test } from "vitest";

import { parseDrafts } from "@/lib/offline/stored";

const draft = { clientId: "a", conversationId: "one", text: "hello", problem: null };

test("what was stored comes back, and what failed is to be sent again", () => {
  expect(parseDrafts(JSON.stringify([draft, { ...draft, problem: "no" }]))).toEqual([draft, draft]);
  expect(parseDrafts(null)).toEqual([]);
});

test("a broken store loses the broken part, not the app", () => {
  expect(parseDrafts("{")).toEqual([]);
  expect(parseDrafts('{"a": 1}')).toEqual([]);
  expect(parseDrafts(JSON.stringify([null, 1, { ...draft, text: 5 }, draft]))).toEqual([draft]);
});
