import { expect, test } from "vitest";

import { dayName, lines, shortTime } from "@/lib/chat/days";
import type { Message } from "@/lib/data/types";

const noon = new Date(2026, 2, 1, 12).getTime();
const HOUR = 3_600_000;

function message(id: string, author: string, at: number | null): Message {
  return {
    id,
    clientId: id,
    author: { id: author, name: author, photo: null },
    text: id,
    at,
    state: at === null ? "sending" : "sent",
    edited: false,
    deleted: false,
  };
}

test("each day begins with its line, above its oldest message", () => {
  const found = lines(
    [
      message("c", "ada", noon),
      message("b", "ada", noon - HOUR),
      message("a", "ada", noon - 20 * HOUR),
    ],
    noon,
  );
  expect(found.map((line) => line.key)).toEqual([
    "c",
    "b",
    "day 2026-03-01",
    "a",
    "day 2026-02-28",
  ]);
});

test("an author's name is shown where another began, and after a day's line", () => {
  const found = lines(
    [
      message("d", "ada", noon),
      message("c", "ada", noon),
      message("b", "bob", noon),
      message("a", "bob", noon - 20 * HOUR),
    ],
    noon,
  );
  const first = found.flatMap((line) => (line.kind === "message" && line.first ? [line.key] : []));
  expect(first).toEqual(["c", "b", "a"]);
});

test("a message that has no time yet belongs to today", () => {
  expect(
    lines([message("b", "ada", null), message("a", "ada", noon)], noon).map((line) => line.key),
  ).toEqual(["b", "a", "day 2026-03-01"]);
});

test("days are named as people name them, across the end of a month", () => {
  expect(dayName(noon, noon)).toBe("Today");
  expect(dayName(noon - 24 * HOUR, noon)).toBe("Yesterday");
  expect(dayName(noon - 48 * HOUR, noon, "en-GB")).toContain("27 February");
  expect(dayName(new Date(2025, 1, 27).getTime(), noon, "en-GB")).toContain("2025");
});

test("a list shows the time of today and the date of other days", () => {
  expect(shortTime(noon, noon, "en-GB")).toBe("12:00");
  expect(shortTime(noon - 24 * HOUR, noon, "en-GB")).toBe("28 Feb");
});

test("an empty conversation has no line", () => {
  expect(lines([], noon)).toEqual([]);
});
