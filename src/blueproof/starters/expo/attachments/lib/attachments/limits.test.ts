import { expect, test } from "vitest";

import { MOST_BYTES, problemOf, size } from "@/lib/attachments/limits";

const file = { uri: "file:///a.jpg", type: "image/jpeg", bytes: 1000, name: "a.jpg" };

test("a file of the right kind may be as large as the limit, and not a byte more", () => {
  expect(problemOf({ ...file, bytes: MOST_BYTES })).toBeNull();
  expect(problemOf({ ...file, bytes: MOST_BYTES + 1 })).toMatch(/At most 10 MB/);
});

test("other kinds and empty files are refused before they are uploaded", () => {
  expect(problemOf({ ...file, type: "application/zip" })).toMatch(/Only pictures and PDF/);
  expect(problemOf({ ...file, bytes: 0 })).toMatch(/empty/);
});

test("sizes are read by people", () => {
  expect([1, 1500, 1024 * 1024, 1.5 * 1024 * 1024].map(size)).toEqual([
    "1 KB",
    "1 KB",
    "1 MB",
    "1.5 MB",
  ]);
});
