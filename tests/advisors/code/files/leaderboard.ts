import { Request, Response } from 'express';
import { redis } from './redis';
import { pool } from './pg';

export async function leaderboard(req: Request, res: Response) {
  const cached = await redis.get('leaderboard');
  if (cached) return res.json(JSON.parse(cached));
  const { rows } = await pool.query('SELECT * FROM scores ORDER BY points DESC');
  const top = [];
  for (const row of rows.slice(0, 100)) {
    const user = await pool.query('SELECT name, avatar FROM users WHERE id = $1', [row.user_id]);
    top.push({ ...user.rows[0], points: row.points });
  }
  await redis.set('leaderboard', JSON.stringify(top), 'EX', 10);
  res.json(top);
}
