import { expect, test } from "vitest";

import { app } from "@/lib/app";
import { room, withPerson } from "@/lib/groups/size";

const ada = { id: "ada", name: "Ada", photo: null };

test("oneself counts in the size of a group", () => {
  expect(room(0)).toBe(app.largestGroup - 1);
  expect(room(app.largestGroup - 1)).toBe(0);
  expect(room(app.largestGroup + 5)).toBe(0);
});

test("nobody is in a group twice", () => {
  expect(withPerson([ada], { ...ada })).toEqual([ada]);
  expect(withPerson([], ada)).toEqual([ada]);
});
