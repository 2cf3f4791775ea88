import { expect, it } from "vitest";

import { shownTo } from "./seeing";

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
