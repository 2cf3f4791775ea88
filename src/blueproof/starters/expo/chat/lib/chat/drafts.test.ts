import { expect, test } from "vitest";

import { merge, next, reduce, type Draft } from "@/lib/chat/drafts";
import type { Message } from "@/lib/data/types";

const ada = { id: "ada", name: "Ada", photo: null };
const draft = (clientId: string, conversationId = "one"): Draft => ({
  clientId,
  conversationId,
  text: clientId,
  problem: null,
});
const sent = (clientId: string): Message => ({
  id: `server-${clientId}`,
  clientId,
  author: ada,
  text: clientId,
  at: 1,
  state: "sent",
  edited: false,
  deleted: false,
});

test("one draft of each conversation is sent at a time, in the order of writing", () => {
  const drafts = [draft("a"), draft("b"), draft("c", "two")];
  expect(next(drafts).map((each) => each.clientId)).toEqual(["a", "c"]);
});

test("a failed draft holds up nobody and is sent again when asked", () => {
  const failed = reduce([draft("a"), draft("b")], { type: "fail", clientId: "a", problem: "no" });
  expect(next(failed).map((each) => each.clientId)).toEqual(["b"]);
  const again = reduce(failed, { type: "retry", clientId: "a" });
  expect(next(again).map((each) => each.clientId)).toEqual(["a"]);
  expect(reduce(failed, { type: "retryAll" }).every((each) => each.problem === null)).toBe(true);
});

test("what was kept comes before what is new, and never twice", () => {
  const drafts = reduce([draft("b")], { type: "restore", drafts: [draft("a"), draft("b")] });
  expect(drafts.map((each) => each.clientId)).toEqual(["a", "b"]);
});

test("a draft disappears as soon as the server shows its client id", () => {
  const shown = merge([sent("a")], [draft("a"), draft("b"), draft("c")], ada);
  expect(shown.map((each) => each.id)).toEqual(["c", "b", "server-a"]);
  expect(reduce([draft("a"), draft("b")], { type: "drop", clientId: "a" })).toEqual([draft("b")]);
});

test("a draft is sending until it failed", () => {
  const drafts = reduce([draft("a"), draft("b")], { type: "fail", clientId: "a", problem: "no" });
  expect(merge([], drafts, ada).map((each) => each.state)).toEqual(["sending", "failed"]);
});
