import { expect, test } from "vitest";

import { spoken } from "@/lib/reactions/choices";

test("a reader hears a word, the count, and whether one is yours", () => {
  expect(spoken("👍", 3, true)).toBe("thumbs up, 3, yours is one of them");
  expect(spoken("🦊", 1, false)).toBe("🦊, 1");
});
