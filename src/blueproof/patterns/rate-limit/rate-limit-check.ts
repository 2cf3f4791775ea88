import type { Pool } from "pg";

/** `burst` requests at once, and `perSecond` in the long run. */
export interface Limit {
  burst: number;
  perSecond: number;
}

// One statement: the row's lock makes requests of one caller take turns, and the update sees what
// the one before left. clock_timestamp() is the time of the turn; now() that before the wait.
// A refusal updates nothing, so a caller that hammers does not put off its own next token.
const TAKE = `INSERT INTO rate_buckets AS bucket VALUES ($1, $2::float8 - 1, clock_timestamp())
  ON CONFLICT (key) DO UPDATE SET
    tokens = least($2, bucket.tokens
      + $3 * extract(epoch FROM clock_timestamp() - bucket.filled_at)::float8) - 1,
    filled_at = clock_timestamp()
  WHERE bucket.tokens
    + $3 * extract(epoch FROM clock_timestamp() - bucket.filled_at)::float8 >= 1
  RETURNING tokens`;

/**
 * Take one request from the caller's bucket. `retryAfter` are whole seconds until there is surely
 * one again, for the header of a 429.
 */
export async function allowed(
  pool: Pool,
  caller: string,
  limit: Limit,
): Promise<{ ok: true; left: number } | { ok: false; retryAfter: number }> {
  const { rows } = await pool.query<{ tokens: number }>(TAKE, [
    caller,
    limit.burst,
    limit.perSecond,
  ]);
  return rows[0]
    ? { ok: true, left: Math.floor(rows[0].tokens) }
    : { ok: false, retryAfter: Math.ceil(1 / limit.perSecond) };
}
