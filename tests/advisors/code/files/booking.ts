import { Hono } from 'hono';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { and, eq } from 'drizzle-orm';
import { bookings } from './schema';

const app = new Hono();

app.post('/bookings', async (c) => {
  const sql = postgres(process.env.DATABASE_URL!);
  const db = drizzle(sql);
  const { seatId, showId, userId } = await c.req.json();
  const taken = await db.select().from(bookings).where(and(eq(bookings.seatId, seatId), eq(bookings.showId, showId)));
  if (taken.length > 0) return c.json({ error: 'taken' }, 409);
  await db.insert(bookings).values({ seatId, showId, userId });
  return c.json({ ok: true }, 201);
});

export default app;
