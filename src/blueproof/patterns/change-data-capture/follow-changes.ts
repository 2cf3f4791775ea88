import type { Pool, PoolClient } from "pg";

export interface Change {
  xid: string;
  position: string;
  table_name: string;
  operation: "INSERT" | "UPDATE" | "DELETE";
  row_data: Record<string, unknown>;
}

// Ids are given at the insert and seen at the commit, so a row with a lower id may appear later.
// All transactions below the snapshot's xmin have ended: nothing can appear there any more.
const NEXT = `SELECT xid, position, table_name, operation, row_data FROM changes
  WHERE (xid, position) > ($1::text::xid8, $2::bigint)
    AND xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY xid, position LIMIT $3`;

/**
 * Hand the next changes to `handle` and note how far it came in the same transaction; returns how
 * many. What `handle` writes by `client` is done once; what it does elsewhere may be repeated.
 */
export async function followChanges(
  pool: Pool,
  consumer: string,
  handle: (changes: Change[], client: PoolClient) => Promise<void>,
  batch = 500,
): Promise<number> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    await client.query("BEGIN");
    await client.query("INSERT INTO consumers (name) VALUES ($1) ON CONFLICT DO NOTHING", [
      consumer,
    ]);
    // The row's lock keeps a second instance of this consumer out.
    const { rows } = await client.query<{ xid: string; position: string }>(
      "SELECT xid, position FROM consumers WHERE name = $1 FOR UPDATE", [consumer],
    );
    const at = rows[0];
    const { rows: changes } = await client.query<Change>(NEXT, [at.xid, at.position, batch]);
    const last = changes.at(-1);
    if (last) {
      await handle(changes, client);
      await client.query(
        "UPDATE consumers SET xid = $2::text::xid8, position = $3 WHERE name = $1",
        [consumer, last.xid, last.position],
      );
    }
    await client.query("COMMIT");
    return changes.length;
  } catch (error) {
    await client.query("ROLLBACK").catch((failed: Error) => (lost = failed));
    throw error;
  } finally {
    client.release(lost);
  }
}
