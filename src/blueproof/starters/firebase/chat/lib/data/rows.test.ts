import { expect, it } from "vitest";

import { type Row, merged, newestFirst } from "./rows";

const row = (at: number): Row => ({ id: `row-${at}`, get: () => ({ toMillis: () => at }) });
const rows = (...times: number[]) => new Map(times.map((at) => [`row-${at}`, row(at)]));
const timesIn = (found: ReadonlyMap<string, Row>) =>
  [...found.values()].sort(newestFirst).map(({ id }) => Number(id.slice(4)));

it("keeps what newer rows have pushed out of the page", () => {
  const after = merged(rows(3, 2, 1), [row(4), row(3), row(2)], [row(1)], 3);
  expect(timesIn(after)).toEqual([4, 3, 2, 1]);
});

it("lets go what has been removed from the page", () => {
  const after = merged(rows(4, 3, 2), [row(4), row(2), row(1)], [row(3)], 3);
  expect(timesIn(after)).toEqual([4, 2, 1]);
});

it("lets go what has been removed when the page is not full", () => {
  expect(timesIn(merged(rows(2, 1), [row(2)], [row(1)], 3))).toEqual([2]);
  expect(timesIn(merged(rows(1), [], [row(1)], 3))).toEqual([]);
});

it("forgets what lies beyond a gap", () => {
  const after = merged(rows(3, 2, 1), [row(9), row(8), row(7)], [row(3), row(2), row(1)], 3);
  expect(timesIn(after)).toEqual([9, 8, 7]);
});

it("sees no gap while one row is in both", () => {
  const after = merged(rows(7, 2, 1), [row(9), row(8), row(7)], [], 3);
  expect(timesIn(after)).toEqual([9, 8, 7, 2, 1]);
});

it("has the newer of two versions of a row", () => {
  const changed = row(2);
  expect(merged(rows(2, 1), [changed, row(1)], [], 3).get("row-2")).toBe(changed);
});

it("orders rows of one moment by id, as the server does", () => {
  const [a, b] = [
    { ...row(1), id: "a" },
    { ...row(1), id: "b" },
  ];
  expect([a, b].sort(newestFirst)).toEqual([b, a]);
});
