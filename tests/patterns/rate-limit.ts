import type { Pool } from "pg";
import { allowed } from "./rate-limit-check.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

const LIMIT = { burst: 5, perSecond: 1 / 60 };
const REQUESTS = 20; // at once, at two instances of the service
const CALLER = "key:1";
// A quarter of an hour passes: 15 tokens' worth, of which the bucket holds 5.
const LATER = "15 minutes";

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["rate-buckets.sql"]);
    const ask = async (instance: Pool) => (await allowed(instance, CALLER, LIMIT)).ok;
    const instances = [another({ max: 5 }), another({ max: 5 })];
    const first = await burst(instances, ask);
    const other = (await allowed(pool, "key:2", LIMIT)).ok;
    await pool.query(`UPDATE rate_buckets SET filled_at = filled_at - interval '${LATER}'`);
    return outcome(first, await burst(instances, ask), other);
  },
  async unprotected({ pool, another }) {
    await pool.query(
      "CREATE TABLE requests (key text, at timestamptz NOT NULL DEFAULT clock_timestamp())",
    );
    await pool.query("CREATE INDEX ON requests (key, at)");
    let counted = barrier(REQUESTS);
    const ask = async (instance: Pool, caller = CALLER, wait = counted) => {
      const { rows } = await instance.query(
        "SELECT count(*)::int AS n FROM requests WHERE key = $1 AND at > now() - interval '5 min'",
        [caller],
      );
      await wait();
      if (rows[0].n >= LIMIT.burst) return false;
      await instance.query("INSERT INTO requests (key) VALUES ($1)", [caller]);
      return true;
    };
    const instances = [another({ max: 5 }), another({ max: 5 })];
    const first = await burst(instances, (instance) => ask(instance));
    const other = await ask(pool, "key:2", barrier(1));
    await pool.query(`UPDATE requests SET at = at - interval '${LATER}'`);
    counted = barrier(REQUESTS);
    return outcome(first, await burst(instances, (instance) => ask(instance)), other);
  },
};

/** How many of the requests that come at once are let through. */
async function burst(instances: Pool[], ask: (on: Pool) => Promise<boolean>): Promise<number> {
  const asked = Array.from({ length: REQUESTS }, (_, n) => ask(instances[n % instances.length]));
  return (await Promise.all(asked)).filter(Boolean).length;
}

/** As many pass as the limit says, each time, and another caller is not held up. */
function outcome(first: number, second: number, other: boolean): Outcome {
  return {
    held: first === LIMIT.burst && second === LIMIT.burst && other,
    seen: `limit ${LIMIT.burst}: of ${REQUESTS} at once ${first} passed, and later ${second}`,
  };
}
