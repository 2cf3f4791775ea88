import { expect, test } from "vitest";

import { pieces } from "@/lib/pieces";

const bytes = (text: string) => new TextEncoder().encode(text).length;

test("a short text is one piece, an empty one too", () => {
  expect(pieces("short", 10)).toEqual(["short"]);
  expect(pieces("", 10)).toEqual([""]);
});

test("no piece is heavier than allowed and nothing is lost, whatever the characters", () => {
  const text = "aé漢😀".repeat(700);
  const cut = pieces(text, 1000);
  expect(cut.join("")).toBe(text);
  expect(Math.max(...cut.map(bytes))).toBeLessThanOrEqual(1000);
  expect(cut.length).toBe(Math.ceil(bytes(text) / 1000));
});
