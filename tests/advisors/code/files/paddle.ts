import { Hono } from 'hono';
import { createClient } from '@supabase/supabase-js';
import { createHmac } from 'node:crypto';

const app = new Hono();
const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);

app.post('/paddle', async (c) => {
  const raw = await c.req.text();
  const mac = createHmac('sha256', process.env.PADDLE_SECRET!).update(raw).digest('hex');
  if (mac !== c.req.header('paddle-signature')) return c.text('no', 401);
  const event = JSON.parse(raw);
  const { data } = await db.from('licenses').insert({ email: event.data.email, key: crypto.randomUUID() }).select().single();
  await fetch('https://api.resend.com/emails', {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.RESEND}` },
    body: JSON.stringify({ to: event.data.email, subject: 'Your key', text: data.key }),
  });
  return c.text('ok');
});

export default app;
