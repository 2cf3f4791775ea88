import { NextResponse } from 'next/server';
import { headers } from 'next/headers';
import { verifyWebhook } from '@clerk/nextjs/webhooks';
import { NextRequest } from 'next/server';
import { prisma } from '@/lib/prisma';

export async function POST(req: NextRequest) {
  let evt;
  try {
    evt = await verifyWebhook(req);
  } catch {
    return new Response('bad signature', { status: 400 });
  }
  if (evt.type === 'user.created') {
    await prisma.user.upsert({
      where: { clerkId: evt.data.id },
      create: { clerkId: evt.data.id, email: evt.data.email_addresses[0]?.email_address },
      update: {},
    });
  }
  return NextResponse.json({ ok: true });
}
