import type { Pool } from "pg";
import { finishJob, retryJob, takeJob } from "./jobs.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

const JOBS = 12;
const WORKERS = 4;
const FLAKY = 5; // this job's first try fails
const ADD = `INSERT INTO jobs (kind, payload, run_at)
  SELECT 'mail', jsonb_build_object('to', n), now() - interval '1 minute' + n * interval '1 s'
  FROM generate_series(1, ${JOBS}) n`;
// Instead of waiting until leases and pauses are over, the clock of every job is put forward.
const MINUTES_LATER = "UPDATE jobs SET run_at = run_at - interval '10 minutes'";

export const trial: Trial = {
  async protected({ pool, sql }) {
    await pool.query(sql["jobs.sql"]);
    await pool.query(ADD);
    const mails: number[] = [];
    const work = async (until: () => Promise<void>) => {
      for (let job; (job = await takeJob(pool, 300)); ) {
        await until();
        const { to } = job.payload as { to: number };
        if (to === FLAKY && job.attempts === 1) {
          await retryJob(pool, job, new Error("the mail server answered 451"));
        } else {
          mails.push(to);
          await finishJob(pool, job);
        }
      }
    };
    const crashed = await takeJob(pool, 300); // by a worker that is never heard of again
    await together(pool, work);
    await pool.query(MINUTES_LATER);
    const late = barrier(3); // the failed job and that of the crashed worker are taken again,
    const woken = barrier(3);
    const again = [1, 2].map(() => work(() => late().then(woken)));
    await late();
    const zombie = crashed && (await finishJob(pool, crashed)); // and now the crashed worker wakes
    await Promise.all([woken(), ...again]);
    return outcome(mails, zombie === false);
  },
  async unprotected({ pool }) {
    await prepared(pool);
    const mails: number[] = [];
    const work = async (until: () => Promise<void>) => {
      for (let job; (job = await pending(pool)); ) {
        await until();
        await pool.query("UPDATE jobs SET status = 'running' WHERE id = $1", [job.id]);
        if (job.to === FLAKY && job.attempts === 0) {
          await pool.query(
            "UPDATE jobs SET status = 'pending', attempts = 1 WHERE id = $1", [job.id],
          );
          continue;
        }
        mails.push(job.to);
        await pool.query("UPDATE jobs SET status = 'done' WHERE id = $1", [job.id]);
      }
    };
    const crashed = await pending(pool); // by a worker that is never heard of again
    await pool.query("UPDATE jobs SET status = 'running' WHERE id = $1", [crashed?.id]);
    await together(pool, work);
    await pool.query(MINUTES_LATER);
    await work(async () => undefined);
    return outcome(mails, true);
  },
};

/** All workers hold their first job at the same time, while somebody has one of the rows locked. */
async function together(
  pool: Pool,
  work: (until: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const somebody = await pool.connect();
  await somebody.query("BEGIN");
  await somebody.query("SELECT FROM jobs ORDER BY id LIMIT 2 FOR UPDATE"); // the next in line
  const taken = barrier(WORKERS + 1); // of which one is for the end of the lock
  let holding = 0;
  const until = () => {
    holding += 1;
    return taken();
  };
  const working = Array.from({ length: WORKERS }, () => work(until));
  const waiting = "SELECT FROM pg_locks WHERE NOT granted";
  while (holding + ((await pool.query(waiting)).rowCount ?? 0) < WORKERS);
  await somebody.query("ROLLBACK");
  somebody.release();
  await Promise.all([taken(), ...working]);
}

async function prepared(pool: Pool): Promise<void> {
  await pool.query(
    `CREATE TABLE jobs (id bigserial PRIMARY KEY, kind text, payload jsonb,
       run_at timestamptz NOT NULL DEFAULT now(), attempts int NOT NULL DEFAULT 0,
       status text NOT NULL DEFAULT 'pending')`,
  );
  await pool.query(ADD);
}

async function pending(pool: Pool): Promise<{ id: string; to: number; attempts: number } | null> {
  const { rows } = await pool.query(
    `SELECT id, (payload->>'to')::int AS to, attempts FROM jobs
     WHERE status = 'pending' ORDER BY id LIMIT 1`,
  );
  return rows[0] ?? null;
}

/** Each mail went out once: also that of the worker that died and that whose first try failed. */
function outcome(mails: number[], fenced: boolean): Outcome {
  const once = new Set(mails).size;
  return {
    held: fenced && once === JOBS && mails.length === JOBS,
    seen: `${JOBS} jobs: ${once} done, ${mails.length - once} more times than once`,
  };
}
