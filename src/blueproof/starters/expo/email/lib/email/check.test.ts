import { expect, test } from "vitest";

import { problemOf } from "@/lib/email/check";

const form = { name: "Ada", email: " ada@example.com ", password: "longenough" };

test("a whole form is fine, a space around the address too", () => {
  expect(problemOf("up", form)).toBeNull();
  expect(problemOf("in", { ...form, name: "" })).toBeNull();
  expect(problemOf("reset", { ...form, password: "" })).toBeNull();
});

test("what is missing is named", () => {
  expect(problemOf("up", { ...form, name: " " })).toMatch(/name/);
  expect(problemOf("up", { ...form, password: "short" })).toMatch(/at least 8/);
  expect(problemOf("in", { ...form, password: "" })).toMatch(/password/);
  expect(problemOf("reset", { ...form, email: "ada@example" })).toMatch(/address/);
});
