import type { Pool, PoolClient } from "pg";
import { inTransaction } from "./transaction.ts";

/**
 * For work inside of one transaction: run it unless another instance is at it, then undefined. The
 * server frees the lock with the transaction, however that ends, so there is no time to guess.
 */
export async function ifFree<T>(
  pool: Pool,
  name: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | undefined> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ free: boolean }>(
      "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free", [name],
    );
    return rows[0].free ? work(client) : undefined;
  });
}
