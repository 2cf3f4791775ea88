import "dotenv/config";
import { z } from "zod";

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  PORT: z.coerce.number().int().default(4000),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
  PUBLIC_URL: z.url().default("http://localhost:4000"),
  JWT_SECRET: z.string().min(32),
  SESSION_SECRET: z.string().min(32),
  SMTP_URL: z.string().min(1),
  MAIL_FROM: z.string().default("no-reply@example.com"),
  STRIPE_SECRET_KEY: z.string().min(1),
  STRIPE_WEBHOOK_SECRET: z.string().min(1),
});

export const config = schema.parse(process.env);
