const crypto = require('node:crypto');
const express = require('express');
const { pool, transaction } = require('./db');

const port = Number(process.env.PORT ?? 3000);
const STATUSES = ['placed', 'cooking', 'on-the-way', 'delivered', 'cancelled'];

const app = express();
app.use(express.json());
app.use((req, res, next) => {
  console.log(req.method, req.url);
  next();
});

app.get('/health', async (req, res) => {
  await pool.query('SELECT 1');
  res.json({ ok: true });
});

app.get('/restaurants/:id/orders', async (req, res) => {
  const { rows } = await pool.query(
    'SELECT id, status, total_cents, placed_at FROM orders WHERE restaurant_id = $1 ORDER BY placed_at DESC LIMIT 50',
    [req.params.id],
  );
  res.json(rows);
});

app.post('/orders', async (req, res) => {
  const { restaurantId, email, items } = req.body ?? {};
  if (!restaurantId || !email || !Array.isArray(items) || items.length === 0) {
    return res.status(400).json({ error: 'restaurantId, email and items are required' });
  }
  const total = items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
  const order = await transaction(async (client) => {
    const { rows } = await client.query(
      'INSERT INTO orders (restaurant_id, customer_email, total_cents) VALUES ($1, $2, $3) RETURNING id, status, total_cents',
      [restaurantId, email, total],
    );
    for (const [position, item] of items.entries()) {
      await client.query('INSERT INTO order_items VALUES ($1, $2, $3, $4, $5)', [
        rows[0].id,
        position + 1,
        item.dish,
        item.quantity,
        item.priceCents,
      ]);
    }
    return rows[0];
  });
  await tellTheKitchen(restaurantId, order);
  res.status(201).json(order);
});

app.patch('/orders/:id', async (req, res) => {
  const { status } = req.body ?? {};
  if (!STATUSES.includes(status)) {
    return res.status(400).json({ error: `status must be one of ${STATUSES.join(', ')}` });
  }
  const { rows } = await pool.query(
    'UPDATE orders SET status = $2 WHERE id = $1 RETURNING id, status, total_cents',
    [req.params.id, status],
  );
  if (rows.length === 0) return res.status(404).json({ error: 'no such order' });
  res.json(rows[0]);
});

async function tellTheKitchen(restaurantId, order) {
  const { rows } = await pool.query('SELECT webhook_url FROM restaurants WHERE id = $1', [
    restaurantId,
  ]);
  const url = rows[0]?.webhook_url;
  if (!url) return;
  const body = JSON.stringify(order);
  const signature = crypto
    .createHmac('sha256', process.env.WEBHOOK_SECRET ?? '')
    .update(body)
    .digest('hex');
  fetch(url, { method: 'POST', body, headers: { 'x-signature': signature } }).catch((error) =>
    console.error('webhook failed:', error.message),
  );
}

app.listen(port, () => console.log(`listening on ${port}`));
