import type { Pool } from "pg";
import { backfill } from "./batches.ts";
import type { Outcome, Trial } from "./trial.ts";

const ROWS = 3_000;
const HELD = 1_200; // a neighbour has changed this row and takes its time
const PATIENCE = "150ms"; // how long a request may wait for a row
const IN_BATCHES = `WITH batch AS (SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2),
    changed AS (UPDATE orders o SET cents = round(o.euros * 100), touched = o.touched + 1
      FROM batch WHERE o.id = batch.id AND o.cents IS NULL)
  SELECT max(id) AS last FROM batch`;
const AT_ONCE = `UPDATE orders SET cents = round(euros * 100), touched = touched + 1
  WHERE cents IS NULL`;

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["backfills.sql"]);
    const job = { name: "cents", statement: IN_BATCHES, batch: 500, lockMilliseconds: 30 };
    return disturbed(pool, another({ max: 1 }), (on) => backfill(on, job));
  },
  async unprotected({ pool, another }) {
    return disturbed(pool, another({ max: 1 }), (on) => on.query(AT_ONCE));
  },
};

/** A writer comes while the backfill waits for a neighbour; then that is killed, and run again. */
async function disturbed(
  pool: Pool,
  runner: Pool,
  run: (on: Pool) => Promise<unknown>,
): Promise<Outcome> {
  await pool.query(
    `CREATE TABLE orders (id bigserial PRIMARY KEY, euros numeric, cents bigint,
       touched int NOT NULL DEFAULT 0)`,
  );
  await pool.query(`INSERT INTO orders (euros) SELECT n FROM generate_series(1, ${ROWS}) n`);
  await pool.query("ANALYZE orders");
  runner.on("error", () => undefined); // its connection is ended below
  const neighbour = await pool.connect();
  await neighbour.query("BEGIN");
  await neighbour.query("UPDATE orders SET euros = euros + 1 WHERE id = $1", [HELD]);
  const running = run(runner).then(() => true, () => false);
  while (!(await pool.query("SELECT FROM pg_locks WHERE NOT granted")).rowCount);
  const refused = await writer(pool, [1, HELD - 1]);
  const kill = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted";
  while (!(await pool.query(kill)).rowCount);
  const ended = !(await running);
  const { rows } = await pool.query("SELECT count(*)::int AS n FROM orders WHERE touched > 0");
  await neighbour.query("COMMIT");
  neighbour.release();
  await run(pool);
  const wrong = await pool.query(
    "SELECT FROM orders WHERE touched <> 1 OR cents IS DISTINCT FROM round(euros * 100)",
  );
  return {
    held: ended && refused === 0 && rows[0].n > 0 && wrong.rowCount === 0,
    seen:
      `${refused} of 2 writers beside it refused after ${PATIENCE};` +
      ` ${rows[0].n} of ${ROWS} rows kept when it was killed, ${wrong.rowCount} wrong at the end`,
  };
}

/** How many of these rows a request could not write in time. */
async function writer(pool: Pool, ids: number[]): Promise<number> {
  const client = await pool.connect();
  await client.query(`SET lock_timeout = '${PATIENCE}'`);
  let refused = 0;
  for (const id of ids) {
    await client
      .query("UPDATE orders SET touched = touched WHERE id = $1", [id])
      .catch(() => (refused += 1));
  }
  await client.query("RESET lock_timeout");
  client.release();
  return refused;
}
