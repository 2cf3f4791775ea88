import type { Pool, PoolClient } from "pg";

/** Count, also within a transaction: an insert waits for nobody, an update of a total would. */
export async function count(on: Pool | PoolClient, counter: string, amount = 1): Promise<void> {
  await on.query("INSERT INTO counter_changes (counter, amount) VALUES ($1, $2)", [
    counter,
    amount,
  ]);
}

/** The exact amount of a counter. One statement sees one state: no change is missed or doubled. */
export async function amountOf(on: Pool | PoolClient, counter: string): Promise<number> {
  const { rows } = await on.query<{ amount: string }>(
    `SELECT coalesce((SELECT amount FROM counter_totals WHERE counter = $1), 0)
       + coalesce((SELECT sum(amount) FROM counter_changes WHERE counter = $1), 0) AS amount`,
    [counter],
  );
  return Number(rows[0].amount);
}

/** Move up to `batch` changes into the totals; returns how many. Run it every few seconds. */
export async function rollUp(pool: Pool, batch = 10_000): Promise<number> {
  const { rows } = await pool.query<{ moved: number }>(
    // SKIP LOCKED: two jobs at once take different changes. The order by counter makes them lock
    // totals in the same order, or they could wait for each other.
    `WITH moved AS (
       DELETE FROM counter_changes WHERE id IN (
         SELECT id FROM counter_changes ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING counter, amount
     ), added AS (
       INSERT INTO counter_totals
       SELECT counter, sum(amount) FROM moved GROUP BY counter ORDER BY counter
       ON CONFLICT (counter) DO UPDATE SET amount = counter_totals.amount + excluded.amount
     )
     SELECT count(*)::int AS moved FROM moved`,
    [batch],
  );
  return rows[0].moved;
}
