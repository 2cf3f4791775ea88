import { expect, test } from "vitest";

import type { Conversation } from "@/lib/data/types";
import { unreadTotal } from "@/lib/push/badge";

const conversation = (unread: number, muted: boolean): Conversation => ({
  id: "one",
  title: "",
  people: [],
  group: false,
  preview: "",
  at: 0,
  unread,
  muted,
});

test("the badge counts what is unread and not muted", () => {
  expect(unreadTotal([])).toBe(0);
  expect(unreadTotal([conversation(2, false), conversation(5, true), conversation(1, false)])).toBe(
    3,
  );
});
