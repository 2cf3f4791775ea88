import { pool } from './db';

export async function ordersOf(userId: string, before: string | null) {
  const { rows } = await pool.query(
    `SELECT id, total, created_at FROM orders
      WHERE user_id = $1 AND ($2::timestamptz IS NULL OR created_at < $2)
      ORDER BY created_at DESC LIMIT 50`,
    [userId, before],
  );
  return rows;
}

export async function namesOf(ids: string[]): Promise<Map<string, string>> {
  const { rows } = await pool.query('SELECT id, name FROM users WHERE id = ANY($1)', [ids]);
  return new Map(rows.map((r) => [r.id, r.name]));
}

export async function like(postId: string) {
  await pool.query('UPDATE posts SET likes = likes + 1 WHERE id = $1', [postId]);
}
