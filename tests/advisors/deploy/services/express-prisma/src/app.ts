import express from "express";
import session from "express-session";
import { pinoHttp } from "pino-http";
import { config } from "./config";
import { logger } from "./lib/logger";
import { prisma } from "./lib/prisma";
import { failed, notFound } from "./middleware/errors";
import { invoices } from "./routes/invoices";
import { receipts } from "./routes/receipts";
import { webhooks } from "./routes/webhooks";

export const app = express();

app.disable("x-powered-by");
app.set("trust proxy", 1);
app.use(pinoHttp({ logger }));
app.use("/webhooks", webhooks);
app.use(express.json({ limit: "200kb" }));
app.use(session({ secret: config.SESSION_SECRET, resave: false, saveUninitialized: false }));

app.get("/healthz", async (_req, res) => {
  await prisma.$queryRaw`SELECT 1`;
  res.json({ status: "ok" });
});

app.use("/invoices", invoices);
app.use("/receipts", receipts);
app.use(notFound);
app.use(failed);
