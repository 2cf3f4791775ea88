import { afterAll, describe, expect, it } from "vitest";
import { build } from "../src/app.js";

describe("health", async () => {
  const app = await build();
  afterAll(() => app.close());

  it("lives without asking anybody", async () => {
    const answer = await app.inject({ url: "/health/live" });
    expect(answer.statusCode).toBe(200);
  });

  it("is ready while the database and Redis answer", async () => {
    const answer = await app.inject({ url: "/health/ready" });
    expect(answer.json()).toEqual({ status: "ok" });
  });
});
