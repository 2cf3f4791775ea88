import type { Pool, PoolClient } from "pg";
import { withLock } from "./key-lock.ts";

type Cached = (key: string, compute: () => Promise<unknown>) => Promise<unknown>;

/** A cache for one instance of the service; all instances share the table and compute once. */
export function sharedCache(pool: Pool, seconds: number): Cached {
  const flights = new Map<string, Promise<unknown>>();
  return (key, compute) => {
    // Requests of this instance for the same key share one flight, so that at most one of them
    // holds a connection while it waits.
    const flight = flights.get(key) ?? fetched(pool, seconds, key, compute);
    if (!flights.has(key)) {
      flights.set(key, flight);
      const landed = () => void flights.delete(key);
      flight.then(landed, landed);
    }
    return flight;
  };
}

async function fetched(pool: Pool, seconds: number, key: string, compute: () => Promise<unknown>) {
  const kept = await fresh(pool, key);
  if (kept) return kept.value;
  return withLock(pool, key, async (client) => {
    // Who waited for the lock finds here what the one before computed.
    const made = await fresh(client, key);
    if (made) return made.value;
    const value = await compute();
    await client.query(
      `INSERT INTO cached_values VALUES ($1, $2, now() + make_interval(secs => $3))
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
      [key, JSON.stringify(value), seconds],
    );
    return value;
  });
}

async function fresh(on: Pool | PoolClient, key: string): Promise<{ value: unknown } | undefined> {
  const { rows } = await on.query(
    "SELECT value FROM cached_values WHERE key = $1 AND expires_at > now()", [key],
  );
  return rows[0];
}
