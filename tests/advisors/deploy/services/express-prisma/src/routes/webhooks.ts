import express, { Router } from "express";
import { config } from "../config";
import { stripe } from "../lib/payments";
import { prisma } from "../lib/prisma";

export const webhooks = Router();

// The signature is over the raw bytes, so this route stands before express.json().
webhooks.post("/stripe", express.raw({ type: "application/json" }), async (req, res) => {
  const signature = req.headers["stripe-signature"] ?? "";
  const event = stripe.webhooks.constructEvent(req.body, signature, config.STRIPE_WEBHOOK_SECRET);
  if (event.type === "checkout.session.completed") {
    const session = event.data.object;
    await prisma.invoice.update({
      where: { id: session.client_reference_id! },
      data: { status: "PAID", paymentId: session.id },
    });
  }
  res.json({ received: true });
});
