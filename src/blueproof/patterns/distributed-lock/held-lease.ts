import type { Pool, PoolClient } from "pg";
import { inTransaction } from "./transaction.ts";

export interface Lease {
  name: string;
  /** Pass it to other systems with each write, and let them refuse one that is lower. */
  fence: string;
}

/**
 * For work of many steps: the lease, or undefined while another holds it. Renew it by its `own`
 * before it runs out, and go on with what comes back.
 */
export async function takeLease(
  pool: Pool,
  name: string,
  seconds: number,
  own?: Lease,
): Promise<Lease | undefined> {
  const { rows } = await pool.query<Lease>(
    `INSERT INTO leases AS l (name, held_until) VALUES ($1, now() + make_interval(secs => $2))
     ON CONFLICT (name) DO UPDATE SET held_until = excluded.held_until, fence = l.fence + 1
     WHERE l.held_until < now() OR l.fence = $3 RETURNING name, fence`,
    [name, seconds, own?.fence ?? null],
  );
  return rows[0];
}

/**
 * Write as the holder of the lease; throws where it has gone to another. A process that was paused
 * can not know that by its own clock, so the row decides, and is locked until the commit.
 */
export async function asHolder<T>(
  pool: Pool,
  lease: Lease,
  write: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM leases WHERE name = $1 AND fence = $2 FOR SHARE", [lease.name, lease.fence],
    );
    if (rowCount === 0) throw new Error(`the lease ${lease.name} has gone to another`);
    return write(client);
  });
}
