import { Router } from "express";
import { z } from "zod";
import { paymentLink } from "../lib/payments";
import { prisma } from "../lib/prisma";
import { signedIn, type Signed } from "../middleware/auth";

const draft = z.object({
  number: z.string().min(1).max(40),
  customer: z.string().min(1),
  totalCents: z.number().int().positive(),
  currency: z.string().length(3).default("EUR"),
  dueOn: z.coerce.date(),
});

export const invoices = Router();
invoices.use(signedIn);

invoices.get("/", async (req: Signed, res) => {
  const found = await prisma.invoice.findMany({
    where: { accountId: req.accountId },
    orderBy: { createdAt: "desc" },
    take: 50,
  });
  res.json(found);
});

invoices.post("/", async (req: Signed, res) => {
  const data = draft.parse(req.body);
  const made = await prisma.invoice.create({ data: { ...data, accountId: req.accountId! } });
  res.status(201).json(made);
});

invoices.get("/:id", async (req: Signed, res) => {
  const found = await prisma.invoice.findFirst({
    where: { id: req.params.id, accountId: req.accountId },
    include: { receipts: true },
  });
  if (!found) return res.status(404).json({ error: "no such invoice" });
  return res.json(found);
});

invoices.post("/:id/payment-link", async (req: Signed, res) => {
  const invoice = await prisma.invoice.findFirstOrThrow({
    where: { id: req.params.id, accountId: req.accountId },
  });
  res.json({ url: await paymentLink(invoice.id, invoice.totalCents, invoice.currency) });
});
