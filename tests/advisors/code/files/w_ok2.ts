import { onRequest } from 'firebase-functions/v2/https';
import { getFirestore, FieldValue } from 'firebase-admin/firestore';
import Stripe from 'stripe';

const stripe = new Stripe(process.env.STRIPE_KEY!);
const db = getFirestore();

export const stripeHook = onRequest(async (req, res) => {
  let event: Stripe.Event;
  try {
    event = stripe.webhooks.constructEvent(req.rawBody, req.get('stripe-signature')!, process.env.WHSEC!);
  } catch {
    res.status(400).send('bad signature');
    return;
  }
  try {
    await db.collection('stripe_events').doc(event.id).create({ event: JSON.stringify(event), at: FieldValue.serverTimestamp() });
  } catch (error: any) {
    if (error.code !== 6) throw error; // already there
  }
  res.json({ received: true });
});
