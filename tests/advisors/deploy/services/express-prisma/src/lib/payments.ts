import Stripe from "stripe";
import { config } from "../config";

export const stripe = new Stripe(config.STRIPE_SECRET_KEY);

export async function paymentLink(invoiceId: string, cents: number, currency: string) {
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    client_reference_id: invoiceId,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: currency.toLowerCase(),
          unit_amount: cents,
          product_data: { name: `Invoice ${invoiceId}` },
        },
      },
    ],
    success_url: `${config.PUBLIC_URL}/paid`,
  });
  return session.url;
}
