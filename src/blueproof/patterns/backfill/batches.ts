import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";

const LOCK_NOT_AVAILABLE = "55P03";

export interface Backfill {
  name: string;
  /** Changes up to $2 rows with an id above $1, in order, and returns the last id as `last`. */
  statement: string;
  batch?: number;
  /** The longest that a batch waits for a row of others, and they for it beyond its own work. */
  lockMilliseconds?: number;
}

/** Run a backfill from where it stands to its end. */
export async function backfill(pool: Pool, job: Backfill): Promise<void> {
  await pool.query("INSERT INTO backfills (name) VALUES ($1) ON CONFLICT DO NOTHING", [job.name]);
  for (let more = true; more; ) {
    const started = Date.now();
    try {
      more = await oneBatch(pool, job);
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    }
    // As long a pause as the work took: half of the time belongs to the others.
    await pause(Date.now() - started);
  }
}

/** One batch and the note of how far it came, in one transaction; false where nothing was left. */
async function oneBatch(pool: Pool, job: Backfill): Promise<boolean> {
  const client = await pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => void (lost = error);
  client.on("error", onError);
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = ${job.lockMilliseconds ?? 200}`);
    // The row's lock keeps a second runner of the same backfill out.
    const { rows } = await client.query<{ last_id: string }>(
      "SELECT last_id FROM backfills WHERE name = $1 FOR UPDATE", [job.name],
    );
    const done = await client.query(job.statement, [rows[0].last_id, job.batch ?? 1_000]);
    const last: string | null = done.rows[0].last;
    await client.query(
      `UPDATE backfills SET last_id = coalesce($2, last_id), batches = batches + 1,
         finished_at = CASE WHEN $2::bigint IS NULL THEN now() END WHERE name = $1`,
      [job.name, last],
    );
    await client.query("COMMIT");
    return last !== null;
  } catch (error) {
    await client.query("ROLLBACK").catch(onError);
    throw error;
  } finally {
    client.off("error", onError);
    client.release(lost);
  }
}
