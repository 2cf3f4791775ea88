const { Pool } = require('pg');

exports.handler = async (event) => {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  const userId = event.requestContext.authorizer.claims.sub;
  const { rows } = await pool.query(
    'SELECT id, total, created_at FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 50',
    [userId],
  );
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  };
};
