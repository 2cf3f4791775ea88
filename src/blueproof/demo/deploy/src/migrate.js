const fs = require('node:fs');
const path = require('node:path');
const { pool, transaction } = require('./db');

const FOLDER = path.join(__dirname, '..', 'migrations');

async function migrate() {
  await pool.query(
    'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
  for (const name of fs.readdirSync(FOLDER).filter((file) => file.endsWith('.sql')).sort()) {
    await transaction(async (client) => {
      // Two deployments at the same time take turns.
      await client.query('LOCK TABLE migrations');
      const { rowCount } = await client.query('SELECT FROM migrations WHERE name = $1', [name]);
      if (rowCount > 0) return;
      await client.query(fs.readFileSync(path.join(FOLDER, name), 'utf8'));
      await client.query('INSERT INTO migrations (name) VALUES ($1)', [name]);
      console.log('applied', name);
    });
  }
}

migrate()
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => pool.end());
