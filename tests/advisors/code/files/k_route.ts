import { NextRequest, NextResponse } from 'next/server';
import { auth } from '@/auth';
import { prisma } from '@/lib/prisma';
import { z } from 'zod';

const Query = z.object({ cursor: z.string().optional() });

export async function GET(req: NextRequest) {
  const session = await auth();
  if (!session?.user) return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  const { cursor } = Query.parse(Object.fromEntries(req.nextUrl.searchParams));
  const rows = await prisma.invoice.findMany({
    where: { ownerId: session.user.id },
    orderBy: { id: 'desc' },
    take: 50,
    ...(cursor ? { cursor: { id: cursor }, skip: 1 } : {}),
    include: { lines: true },
  });
  return NextResponse.json({ rows, next: rows.at(-1)?.id ?? null });
}
