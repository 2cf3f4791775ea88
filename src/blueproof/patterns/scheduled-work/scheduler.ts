import type { Pool } from "pg";

export interface Job {
  name: string;
  everySeconds: number;
  /** Slots before it are none: the day that the job was introduced. */
  since: Date;
  /** How many slots are made up for after a downtime; 1 where only the newest makes sense. */
  catchUp: number;
  /** Longer than any run takes; a crashed one is tried again after it. */
  leaseSeconds: number;
  /** Gets the slot, as the period to work on and as idempotency key: a crashed run is repeated. */
  run: (slot: Date) => Promise<void>;
}

// Whole multiples of the period, so that all instances mean the same slots whenever they started.
const ENTER = `INSERT INTO scheduled_runs (job, slot)
  SELECT $1, slot FROM generate_series(0, $4::int - 1) n,
    LATERAL (SELECT date_bin(make_interval(secs => $2), $5::timestamptz, 'epoch')
      - n * make_interval(secs => $2) AS slot) due
  WHERE slot >= $3 ON CONFLICT DO NOTHING`;
const TAKE = `UPDATE scheduled_runs
  SET attempts = attempts + 1, lease_until = now() + make_interval(secs => $2)
  WHERE (job, slot) = (
    SELECT job, slot FROM scheduled_runs
    WHERE job = $1 AND finished_at IS NULL AND lease_until < now()
    ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING slot, attempts`;
const FINISH = `UPDATE scheduled_runs SET finished_at = now()
  WHERE job = $1 AND slot = $2 AND attempts = $3 AND finished_at IS NULL`;

/**
 * Run what is due; call it every minute or so, at all instances. Returns how many runs it finished.
 * What `run` throws comes out of here, and the slot is tried again when its lease is over.
 */
export async function runDue(pool: Pool, job: Job, now = new Date()): Promise<number> {
  await pool.query(ENTER, [job.name, job.everySeconds, job.since, job.catchUp, now]);
  for (let finished = 0; ; ) {
    const { rows } = await pool.query<{ slot: Date; attempts: number }>(TAKE, [
      job.name,
      job.leaseSeconds,
    ]);
    if (!rows[0]) return finished;
    await job.run(rows[0].slot);
    // No row where the lease ran out and another instance has the slot by now.
    const done = await pool.query(FINISH, [job.name, rows[0].slot, rows[0].attempts]);
    finished += done.rowCount ?? 0;
  }
}
