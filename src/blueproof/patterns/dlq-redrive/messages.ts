import type { Pool, PoolClient } from "pg";
import { bury } from "./dead-letters.ts";

type Message = { id: string; attempts: number; body: unknown; last_error: string | null };
type Handle = (client: PoolClient, body: unknown) => Promise<void>;

/**
 * Work on the oldest message; false where there is none, or it is in hand, or waits. After
 * `attempts` failures it moves aside, and the one behind it gets its turn.
 */
export async function consume(
  pool: Pool,
  handle: Handle,
  { attempts = 5, leaseSeconds = 60, pauseSeconds = 1 } = {},
): Promise<boolean> {
  // The try is committed before the work: a message that kills its consumer must count, too.
  const { rows: [message] } = await pool.query<Message>(
    `UPDATE messages SET attempts = attempts + 1,
       taken_until = now() + make_interval(secs => $1)
     WHERE id = (SELECT id FROM messages ORDER BY id LIMIT 1) AND taken_until < now()
     RETURNING id, body, attempts, last_error`,
    [leaseSeconds],
  );
  if (!message) return false;
  try {
    if (message.attempts > attempts) throw new Error(message.last_error ?? "its consumer died");
    await handled(pool, message, handle);
  } catch (error) {
    if (message.attempts >= attempts) await bury(pool, message, String(error));
    else {
      await pool.query(
        `UPDATE messages SET last_error = $3,
           taken_until = now() + make_interval(secs => $4 * 2 ^ (attempts - 1))
         WHERE id = $1 AND attempts = $2`,
        [message.id, message.attempts, String(error), pauseSeconds],
      );
    }
  }
  return true;
}

/** The message's work and its removal, both or neither. */
async function handled(pool: Pool, message: Message, handle: Handle): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await handle(client, message.body);
    const { rowCount } = await client.query(
      "DELETE FROM messages WHERE id = $1 AND attempts = $2", [message.id, message.attempts],
    );
    if (!rowCount) throw new Error("the lease ended and another consumer took the message");
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
