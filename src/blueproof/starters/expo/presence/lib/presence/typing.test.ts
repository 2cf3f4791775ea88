import { expect, test } from "vitest";

import { typingLine } from "@/lib/presence/typing";

test("names up to two people, counts more", () => {
  expect(typingLine([])).toBeNull();
  expect(typingLine(["Ada"])).toBe("Ada is typing");
  expect(typingLine(["Ada", "Bob"])).toBe("Ada and Bob are typing");
  expect(typingLine(["Ada", "Bob", "Cem"])).toBe("3 people are typing");
});
