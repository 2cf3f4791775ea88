import { expect, it } from "vitest";

import { isId, isListed, shownTo } from "./seeing";

const row = (author: string) => ({ author, get: () => author });
const rows = [row("bob"), row("eve")];
const authors = (isPair: boolean, ...hidden: string[]) =>
  shownTo(new Set(hidden), isPair, rows).map(({ author }) => author);

it("leaves out of a group what hidden people write", () => {
  expect(authors(false, "bob")).toEqual(["eve"]);
  expect(authors(false)).toEqual(["bob", "eve"]);
});

it("shows all of a conversation of two", () => {
  expect(authors(true, "bob")).toEqual(["bob", "eve"]);
});

const head = (kind: string, total: number) => ({
  get: (field: string) => ({ kind, total })[field as "kind" | "total"],
});

it("lists a conversation of two once something is said, and a group from the start", () => {
  expect(isListed(head("direct", 0))).toBe(false);
  expect(isListed(head("direct", 1))).toBe(true);
  expect(isListed(head("group", 0))).toBe(true);
});

it("takes from a link what can be an id, and no path", () => {
  expect(isId("0b".repeat(32))).toBe(true);
  expect(isId("a/b/c")).toBe(false);
  expect(isId("")).toBe(false);
});
