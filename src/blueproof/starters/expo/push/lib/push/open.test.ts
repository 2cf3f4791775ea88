import { expect, test } from "vitest";

import { isOpen, setOpen } from "@/lib/push/open";

test("only the conversation in front is open", () => {
  setOpen("one");
  expect(isOpen("one")).toBe(true);
  expect(isOpen("two")).toBe(false);
  setOpen(null);
  expect(isOpen("one")).toBe(false);
});

test("a notification without a conversation is never that of the open one", () => {
  setOpen(null);
  expect(isOpen(null)).toBe(false);
});
