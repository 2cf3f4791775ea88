const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL });

// A connection that breaks while nobody uses it must not take the process down.
pool.on('error', (error) => console.error('idle connection lost:', error.message));

async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

module.exports = { pool, transaction };
