import { freeSlots } from "@courtbook/shared";

describe("freeSlots", () => {
  it("leaves out what is taken", () => {
    const free = freeSlots([new Date("2026-05-01T09:00:00Z")]);
    expect(free).not.toContain(9);
    expect(free).toContain(10);
  });
});
