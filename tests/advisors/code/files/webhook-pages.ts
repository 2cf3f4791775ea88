import type { NextApiRequest, NextApiResponse } from 'next';
import { buffer } from 'micro';
import Stripe from 'stripe';
import prisma from '../../lib/prisma';
import { sendReceiptEmail } from '../../lib/email';
import { generateInvoicePdf } from '../../lib/pdf';

export const config = { api: { bodyParser: false } };
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY as string, { apiVersion: '2024-06-20' });

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const buf = await buffer(req);
  const sig = req.headers['stripe-signature'] as string;
  let event: Stripe.Event;
  try {
    event = stripe.webhooks.constructEvent(buf, sig, process.env.STRIPE_WEBHOOK_SECRET as string);
  } catch (e) {
    return res.status(400).send('Webhook Error');
  }

  try {
    if (event.type === 'payment_intent.succeeded') {
      const pi = event.data.object as Stripe.PaymentIntent;
      const order = await prisma.order.update({
        where: { paymentIntentId: pi.id },
        data: { status: 'PAID' },
      });
      const pdf = await generateInvoicePdf(order);
      await sendReceiptEmail(order.email, pdf);
    }
  } catch (e) {
    console.log('webhook failed', e);
  }
  res.status(200).json({ ok: true });
}
