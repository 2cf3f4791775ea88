import { PrismaClient } from "@prisma/client";

// One client for the whole process: each has a pool of its own.
export const prisma = new PrismaClient({
  log: [
    { emit: "stdout", level: "warn" },
    { emit: "stdout", level: "error" },
  ],
});
