import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";

const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Run one step of a migration in a transaction. A statement that does not get its lock soon gives
 * up and tries again later: while it waits, every other query of the table waits behind it.
 */
export async function applyStep(
  pool: Pool,
  statements: string,
  { lockMilliseconds = 500, pauseMilliseconds = 5_000, attempts = 50 } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(`SET LOCAL lock_timeout = ${lockMilliseconds}`);
      await client.query(statements);
      await client.query("COMMIT");
      return;
    } catch (error) {
      await client.query("ROLLBACK");
      const locked = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
      if (!locked || attempt >= attempts) throw error;
    } finally {
      client.release();
    }
    await pause(pauseMilliseconds);
  }
}

/** Copy the rows that were there before the trigger, in batches that lock little for a moment. */
export async function copyNames(pool: Pool, batch = 1_000): Promise<void> {
  for (let after = "0"; ; ) {
    const { rows } = await pool.query<{ last: string | null }>(
      `WITH batch AS (SELECT id FROM customers WHERE id > $1 ORDER BY id LIMIT $2),
         copied AS (UPDATE customers c SET full_name = c.name FROM batch
           WHERE c.id = batch.id AND c.full_name IS NULL)
       SELECT max(id) AS last FROM batch`,
      [after, batch],
    );
    if (rows[0].last === null) return;
    after = rows[0].last;
  }
}
