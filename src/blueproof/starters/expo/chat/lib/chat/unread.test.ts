import { expect, test } from "vitest";

import { badge } from "@/lib/chat/unread";

test("a badge shows nothing for none, and no long number", () => {
  expect([0, -1, 1, 99, 100].map(badge)).toEqual(["", "", "1", "99", "99+"]);
});
