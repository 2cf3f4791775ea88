import express from 'express';
import Stripe from 'stripe';
import { prisma } from './prisma';
import { sendMail } from './mailer';

const stripe = new Stripe(process.env.STRIPE_KEY!);
const app = express();
app.use(express.json());

app.post('/stripe/webhook', async (req, res) => {
  const sig = req.headers['stripe-signature'] as string;
  try {
    const event = stripe.webhooks.constructEvent(req.body, sig, process.env.WHSEC!);
    switch (event.type) {
      case 'invoice.paid': {
        const invoice = event.data.object as Stripe.Invoice;
        const user = await prisma.user.findFirst({ where: { stripeId: invoice.customer as string } });
        await prisma.user.update({
          where: { id: user!.id },
          data: { credits: user!.credits + 100 },
        });
        await sendMail(user!.email, 'invoice');
        break;
      }
      case 'customer.subscription.deleted':
        await prisma.user.updateMany({ where: { stripeId: (event.data.object as any).customer }, data: { plan: 'free' } });
        break;
    }
    res.json({ received: true });
  } catch (err) {
    console.error(err);
    res.json({ received: true });
  }
});
