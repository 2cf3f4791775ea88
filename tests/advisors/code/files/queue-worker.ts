import { pool } from './db';
import { convert } from './ffmpeg';

export async function tick() {
  const { rows } = await pool.query("SELECT * FROM jobs WHERE state = 'waiting' ORDER BY id LIMIT 1");
  if (rows.length === 0) return;
  const job = rows[0];
  await pool.query("UPDATE jobs SET state = 'running' WHERE id = $1", [job.id]);
  await convert(job.path);
  await pool.query("UPDATE jobs SET state = 'done' WHERE id = $1", [job.id]);
}

setInterval(tick, 1000);
