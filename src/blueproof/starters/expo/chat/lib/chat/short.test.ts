import { expect, test } from "vitest";

import { isShort } from "@/lib/chat/short";

const page = (count: number, more: boolean, loading = false) => ({
  items: Array.from({ length: count }),
  more,
  loading,
  loadMore: () => undefined,
});

test("a list that shows nothing of its first page asks for the next", () => {
  expect(isShort(page(0, true))).toBe(true);
  expect(isShort(page(3, true))).toBe(true);
});

test("a list that fills the screen, is loading or has no more asks for nothing", () => {
  expect(isShort(page(40, true))).toBe(false);
  expect(isShort(page(0, true, true))).toBe(false);
  expect(isShort(page(0, false))).toBe(false);
});
