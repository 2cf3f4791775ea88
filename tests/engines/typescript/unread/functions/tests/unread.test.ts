import { beforeEach, expect, test, vi } from "vitest";
import { onMessage } from "../src/unread.js";

const update = vi.fn();

vi.mock("firebase-admin/firestore", () => ({
  FieldValue: { increment: (by: number) => `+${by}` },
  getFirestore: () => ({
    doc: () => ({ get: async () => ({ get: () => ["ann", "bob"] }), update }),
  }),
}));

beforeEach(() => update.mockClear());

function message(data: Record<string, string> | undefined) {
  const event = { params: { id: "c1", message: "m1" }, data: data && { data: () => data } };
  return onMessage.run(event as unknown as Parameters<typeof onMessage.run>[0]);
}

test("a message counts for everybody but its author", async () => {
  await message({ author: "ann", text: "hello" });
  expect(update).toHaveBeenCalledWith({ preview: "hello", "unread.bob": "+1" });
});

test("a message that is gone changes nothing", async () => {
  await message(undefined);
  expect(update).not.toHaveBeenCalled();
});
