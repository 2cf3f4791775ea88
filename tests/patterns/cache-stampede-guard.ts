import type { Pool } from "pg";
import { sharedCache } from "./cache.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

const INSTANCES = 3;
const REQUESTS = 30; // at once, at each instance
const KEY = "front-page";

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["cached-values.sql"]);
    await expired(pool);
    let computed = 0;
    const computing = barrier(2);
    const dead = barrier(2);
    const dying = sharedCache(another({ max: 2 }), 60)(KEY, async () => {
      await computing();
      await dead(); // its session ends while it computes
      throw new Error("nobody is left to read this");
    });
    await computing();
    const answers = Promise.all(
      Array.from({ length: INSTANCES }, () => sharedCache(another({ max: 2 }), 60)).flatMap(
        (cached) => Array.from({ length: REQUESTS }, () => cached(KEY, async () => ++computed)),
      ),
    );
    await killed(pool);
    const answered = await answers;
    await Promise.all([dead(), dying.catch(() => undefined)]);
    return outcome(answered, computed);
  },
  async unprotected({ pool, sql, another }) {
    await pool.query(sql["cached-values.sql"]);
    await expired(pool);
    let computed = 0;
    const looked = barrier(INSTANCES * REQUESTS);
    const cached = async (instance: Pool) => {
      const { rows } = await instance.query(
        "SELECT value FROM cached_values WHERE key = $1 AND expires_at > now()", [KEY],
      );
      await looked();
      if (rows[0]) return rows[0].value;
      const value = ++computed;
      await instance.query(
        `INSERT INTO cached_values VALUES ($1, $2, now() + interval '60 seconds')
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
        [KEY, JSON.stringify(value)],
      );
      return value;
    };
    const answers = await Promise.all(
      Array.from({ length: INSTANCES }, () => another({ max: 2 })).flatMap((instance) =>
        Array.from({ length: REQUESTS }, () => cached(instance)),
      ),
    );
    return outcome(answers, computed);
  },
};

/** The value that everybody reads has just expired. */
async function expired(pool: Pool): Promise<void> {
  await pool.query("INSERT INTO cached_values VALUES ($1, '0', now() - interval '1 s')", [KEY]);
}

/** End the instance that computes: its session, as the server sees it, once others wait for it. */
async function killed(pool: Pool): Promise<void> {
  const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (((await pool.query(waiting)).rowCount ?? 0) >= INSTANCES) break;
  }
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
  );
}

/** All were answered, with the same value, which was computed once. */
function outcome(answers: unknown[], computed: number): Outcome {
  return {
    held: computed === 1 && new Set(answers).size === 1 && answers.length === INSTANCES * REQUESTS,
    seen: `${answers.length} requests at ${INSTANCES} instances: computed ${computed} x`,
  };
}
