const express = require('express');
const crypto = require('crypto');
const { queue } = require('./queue');

const app = express();

app.post('/hooks/github', express.raw({ type: 'application/json' }), async (req, res) => {
  const mac = crypto.createHmac('sha256', process.env.HOOK_SECRET).update(req.body).digest();
  const given = Buffer.from((req.get('x-hub-signature-256') || '').slice(7), 'hex');
  if (given.length !== mac.length || !crypto.timingSafeEqual(mac, given)) return res.sendStatus(401);
  await queue.add('github', JSON.parse(req.body), { jobId: req.get('x-github-delivery') });
  res.sendStatus(202);
});

app.listen(3000);
