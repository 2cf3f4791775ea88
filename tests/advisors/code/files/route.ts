import { headers } from 'next/headers'
import { NextResponse } from 'next/server'
import Stripe from 'stripe'
import { createClient } from '@supabase/supabase-js'
import sgMail from '@sendgrid/mail'

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!)
sgMail.setApiKey(process.env.SENDGRID_API_KEY!)

export async function POST(request: Request) {
  const body = await request.text()
  const signature = (await headers()).get('stripe-signature') as string
  const event = stripe.webhooks.constructEvent(body, signature, process.env.STRIPE_WEBHOOK_SECRET!)

  const supabase = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

  switch (event.type) {
    case 'checkout.session.completed': {
      const session = event.data.object
      const { data: order } = await supabase
        .from('orders')
        .select('*, customer:customers(*)')
        .eq('checkout_id', session.id)
        .single()

      await supabase.from('orders').update({ status: 'paid' }).eq('id', order.id)

      for (const item of order.items) {
        const { data: product } = await supabase.from('products').select('stock').eq('id', item.product_id).single()
        await supabase.from('products').update({ stock: product!.stock - item.quantity }).eq('id', item.product_id)
      }

      await sgMail.send({ to: order.customer.email, from: 'hi@shop.dev', subject: 'Thanks!', text: 'We got your order' })
      await fetch(process.env.FULFILMENT_URL!, { method: 'POST', body: JSON.stringify(order) })
      break
    }
  }
  return NextResponse.json({ received: true })
}
