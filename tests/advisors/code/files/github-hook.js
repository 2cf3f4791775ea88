const express = require('express');
const crypto = require('crypto');
const { deployPreview } = require('./deploy');

const app = express();
app.use(express.json());

app.post('/webhooks/github', async (req, res) => {
  const expected = 'sha256=' + crypto
    .createHmac('sha256', process.env.GITHUB_WEBHOOK_SECRET)
    .update(JSON.stringify(req.body))
    .digest('hex');
  if (req.get('X-Hub-Signature-256') !== expected) {
    return res.status(401).send('bad signature');
  }
  if (req.get('X-GitHub-Event') === 'pull_request' && req.body.action === 'synchronize') {
    await deployPreview(req.body.repository.full_name, req.body.pull_request.head.sha);
  }
  res.sendStatus(200);
});

app.listen(3000);
