import type { Pool } from "pg";

export interface Job {
  id: string;
  kind: string;
  payload: unknown;
  /** Which try this is, from 1; it also tells this lease from a later one of the same job. */
  attempts: number;
}

/**
 * Take the job that is due for longest and keep others off it for `leaseSeconds`; undefined where
 * there is none. If this worker dies, the job is due again when the lease ends.
 */
export async function takeJob(pool: Pool, leaseSeconds: number): Promise<Job | undefined> {
  // SKIP LOCKED: workers that look at the same moment take different jobs and none waits.
  const { rows } = await pool.query<Job>(
    `UPDATE jobs SET attempts = attempts + 1, run_at = now() + make_interval(secs => $1)
     WHERE id = (
       SELECT id FROM jobs WHERE failed_at IS NULL AND run_at <= now()
       ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED
     )
     RETURNING id, kind, payload, attempts`,
    [leaseSeconds],
  );
  return rows[0];
}

/** Remove a job that is done; false where its lease had ended and another worker took it. */
export async function finishJob(pool: Pool, job: Job): Promise<boolean> {
  const { rowCount } = await pool.query("DELETE FROM jobs WHERE id = $1 AND attempts = $2", [
    job.id,
    job.attempts,
  ]);
  return rowCount === 1;
}

/** Let a job that failed run again after a growing, scattered pause; set it aside at the last. */
export async function retryJob(
  pool: Pool,
  job: Job,
  error: Error,
  { baseSeconds = 2, longestSeconds = 3600, attempts = 10 } = {},
): Promise<void> {
  const pause = Math.min(longestSeconds, baseSeconds * 2 ** (job.attempts - 1));
  await pool.query(
    `UPDATE jobs SET last_error = $3, run_at = now() + make_interval(secs => $4),
       failed_at = CASE WHEN attempts >= $5 THEN now() END
     WHERE id = $1 AND attempts = $2`,
    // The scatter keeps jobs that failed together from coming back together.
    [job.id, job.attempts, error.message, pause * (0.5 + Math.random() / 2), attempts],
  );
}
