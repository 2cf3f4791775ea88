import jwt from "jsonwebtoken";
import request from "supertest";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { app } from "../src/app";
import { prisma } from "../src/lib/prisma";

const account = { id: "0b4f6f6a-8f0a-4a55-9a3e-1d4f4f3c2b1a", email: "ada@example.com" };

function token(): string {
  return jwt.sign({}, process.env.JWT_SECRET!, { subject: account.id });
}

describe("invoices", () => {
  beforeEach(async () => {
    await prisma.account.deleteMany();
    await prisma.account.create({ data: { ...account, passwordHash: "none" } });
  });
  afterAll(() => prisma.$disconnect());

  it("asks for a token", async () => {
    await request(app).get("/invoices").expect(401);
  });

  it("keeps what was posted", async () => {
    const body = { number: "2026-001", customer: "Byron", totalCents: 4200, dueOn: "2026-03-01" };
    const made = await request(app)
      .post("/invoices").set("Authorization", `Bearer ${token()}`).send(body).expect(201);
    expect(made.body.status).toBe("DRAFT");
  });
});
