import type { Pool, PoolClient } from "pg";

/**
 * Run `work` in a transaction that sees and writes the rows of one tenant only. The tenant must
 * come from the verified session or token, never from the request's own fields.
 */
export async function asTenant<T>(
  pool: Pool,
  tenantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    await client.query("BEGIN");
    // `true`: for this transaction only. A setting of the session would stay on the pooled
    // connection and give the next request this tenant's rows.
    await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((failed: Error) => (lost = failed));
    throw error;
  } finally {
    client.release(lost);
  }
}
