import Stripe from "npm:stripe@14";
import { createClient } from "npm:@supabase/supabase-js@2";
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const event = await req.json();
  if (event.type === "checkout.session.completed") {
    const s = event.data.object;
    admin.from("profiles").update({ plan: "pro" }).eq("email", s.customer_email);
  }
  return new Response("ok");
});
