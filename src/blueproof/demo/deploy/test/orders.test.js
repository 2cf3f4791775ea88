const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { after, before, test } = require('node:test');

const base = `http://127.0.0.1:${process.env.TEST_PORT ?? 3999}`;
let server;

before(async () => {
  const env = { ...process.env, PORT: new URL(base).port };
  server = spawn(process.execPath, ['src/server.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
});

after(() => server.kill());

function send(method, path, body) {
  const headers = { 'content-type': 'application/json' };
  return fetch(base + path, { method, headers, body: JSON.stringify(body) });
}

test('an order is placed and moved along', async () => {
  const items = [{ dish: 'ramen', quantity: 2, priceCents: 1250 }];
  const placed = await send('POST', '/orders', { restaurantId: 2, email: 'a@example.com', items });
  assert.equal(placed.status, 201);
  const order = await placed.json();
  assert.equal(order.total_cents, 2500);
  const moved = await send('PATCH', `/orders/${order.id}`, { status: 'cooking' });
  assert.equal((await moved.json()).status, 'cooking');
});

test('an order without items is refused', async () => {
  const refused = await send('POST', '/orders', { restaurantId: 2, email: 'a@example.com', items: [] });
  assert.equal(refused.status, 400);
});
