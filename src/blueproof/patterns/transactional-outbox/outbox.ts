import type { Pool, PoolClient } from "pg";

/** An event as receivers get it; they tell a repeated one by its id. */
export interface OutboxEvent {
  id: string;
  topic: string;
  payload: unknown;
}

/** Add an event to the transaction that `client` has open: both are committed, or neither is. */
export async function addEvent(client: PoolClient, topic: string, payload: object): Promise<void> {
  await client.query("INSERT INTO outbox (topic, payload) VALUES ($1, $2)", [
    topic,
    JSON.stringify(payload),
  ]);
}

/**
 * Publish up to `batch` events, the oldest first; returns how many. Call it in a loop, with a pause
 * where it returns 0. After a crash an event is published again, never left out.
 */
export async function relayEvents(
  pool: Pool,
  publish: (events: OutboxEvent[]) => Promise<void>,
  batch = 100,
): Promise<number> {
  const client = await pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => void (lost = error);
  client.on("error", onError); // a connection that breaks while we publish must not end the process
  try {
    await client.query("BEGIN");
    // Read by lock and not by "id > the last one": ids become visible in another order than they
    // were given. SKIP LOCKED lets a second relay take the next batch.
    const { rows } = await client.query<OutboxEvent>(
      "SELECT id, topic, payload FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
      [batch],
    );
    if (rows.length > 0) {
      await publish(rows);
      const ids = rows.map((event) => event.id);
      await client.query("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [ids]);
    }
    await client.query("COMMIT");
    return rows.length;
  } catch (error) {
    await client.query("ROLLBACK").catch(onError);
    throw error;
  } finally {
    client.off("error", onError);
    client.release(lost);
  }
}
