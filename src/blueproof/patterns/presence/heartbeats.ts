import type { Pool } from "pg";

/** How long after its last heartbeat a connection counts; three times the pause between two. */
export const EXPIRY_SECONDS = 60;

/** A connection of each of these users is alive: call it every 20 s, for all of an instance. */
export async function beat(
  pool: Pool,
  connections: { userId: string; connectionId: string }[],
): Promise<void> {
  // One statement for the whole instance; ordered, so that instances never lock crosswise.
  await pool.query(
    `INSERT INTO presence (user_id, connection_id)
     SELECT * FROM unnest($1::bigint[], $2::uuid[]) ORDER BY 1, 2
     ON CONFLICT (user_id, connection_id) DO UPDATE SET seen_at = now()`,
    [connections.map((c) => c.userId), connections.map((c) => c.connectionId)],
  );
}

/** A connection was closed properly: show it at once, without waiting for its expiry. */
export async function leave(pool: Pool, connectionId: string, userId: string): Promise<void> {
  await pool.query("DELETE FROM presence WHERE user_id = $1 AND connection_id = $2", [
    userId,
    connectionId,
  ]);
}

/** Which of these users have a connection that was alive lately. */
export async function online(pool: Pool, userIds: string[]): Promise<Set<string>> {
  // The server's clock on both sides: clocks of clients and instances differ.
  const { rows } = await pool.query<{ user_id: string }>(
    `SELECT DISTINCT user_id FROM presence
     WHERE user_id = ANY($1::bigint[]) AND seen_at > now() - make_interval(secs => $2)`,
    [userIds, EXPIRY_SECONDS],
  );
  return new Set(rows.map((row) => row.user_id));
}

/** Remove what has expired; once a minute, by any instance. It changes no answer. */
export async function sweep(pool: Pool): Promise<void> {
  await pool.query("DELETE FROM presence WHERE seen_at < now() - make_interval(secs => $1)", [
    2 * EXPIRY_SECONDS,
  ]);
}
