import express from 'express';
import Stripe from 'stripe';
import { db } from './db';

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);
export const app = express();
app.use(express.json());

app.post('/hooks/stripe', async (req, res) => {
  const signature = req.headers['stripe-signature'] as string;
  let event: Stripe.Event;
  try {
    event = stripe.webhooks.constructEvent(req.body, signature, process.env.HOOK_SECRET!);
  } catch (error) {
    return res.status(400).send('bad signature');
  }
  if (event.type === 'checkout.session.completed') {
    const session = event.data.object as Stripe.Checkout.Session;
    const { rows } = await db.query('select tokens from wallets where id = $1', [session.client_reference_id]);
    await db.query('update wallets set tokens = $1 where id = $2', [rows[0].tokens + 50, session.client_reference_id]);
  }
  res.json({ received: true });
});
