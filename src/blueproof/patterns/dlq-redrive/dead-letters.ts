import type { Pool } from "pg";

/** Move a message aside with its last error, unless another consumer has taken it since. */
export async function bury(
  pool: Pool,
  message: { id: string; attempts: number },
  error: string,
): Promise<void> {
  await pool.query(
    `WITH dead AS (DELETE FROM messages WHERE id = $1 AND attempts = $2 RETURNING *)
     INSERT INTO dead_letters SELECT id, body, attempts, $3 FROM dead`,
    [message.id, message.attempts, error],
  );
}

/** Put dead letters back, all or those named, once their cause is gone; returns how many. */
export async function redrive(pool: Pool, ids: string[] | null = null): Promise<number> {
  // They keep their ids and so their place: before all that came after them.
  const { rowCount } = await pool.query(
    `WITH back AS (
       DELETE FROM dead_letters WHERE $1::bigint[] IS NULL OR id = ANY($1) RETURNING id, body)
     INSERT INTO messages (id, body) SELECT id, body FROM back`,
    [ids],
  );
  return rowCount ?? 0;
}
