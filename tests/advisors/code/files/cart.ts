'use server';

import { revalidatePath } from 'next/cache';
import { createClient } from '@supabase/supabase-js';

const admin = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);

export async function addToCart(userId: string, productId: string, qty: number) {
  const { data: product } = await admin
    .from('products')
    .select('stock')
    .eq('id', productId)
    .single();

  if (!product || product.stock < qty) return { ok: false };

  await admin.from('products').update({ stock: product.stock - qty }).eq('id', productId);
  await admin.from('cart_items').insert({ user_id: userId, product_id: productId, qty });
  revalidatePath('/cart');
  return { ok: true };
}
