import type { Pool, PoolClient } from "pg";

/**
 * Run `handle` once for an event, however often and however many at a time it is delivered.
 * Returns false where the event was handled before. If `handle` throws, the event counts as not
 * received, and the sender's next delivery tries again.
 */
export async function receiveEvent(
  pool: Pool,
  event: { source: string; id: string },
  handle: (client: PoolClient) => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    // A second delivery at the same time waits here until the first commits or rolls back.
    const { rowCount } = await client.query(
      "INSERT INTO received_events (source, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [event.source, event.id],
    );
    if (rowCount === 1) await handle(client);
    await client.query("COMMIT");
    return rowCount === 1;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
