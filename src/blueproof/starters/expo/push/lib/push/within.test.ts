import { expect, test, vi } from "vitest";

import { within } from "@/lib/push/within";

test("an answer in time is passed on, an error too", async () => {
  await expect(within(50, Promise.resolve(1))).resolves.toBe(1);
  await expect(within(50, Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("nobody waits longer than said", async () => {
  vi.useFakeTimers();
  const late = expect(within(5000, new Promise(() => undefined))).rejects.toThrow(/5000 ms/);
  await vi.advanceTimersByTimeAsync(5000);
  await late;
  vi.useRealTimers();
});
