import type { Pool, PoolClient } from "pg";

/** What a session carries, in its cookie or its store: the primary's position after its writes. */
export interface Session {
  wrote?: string;
}

/** Write in a transaction on the primary, and note how far a replica must be for this session. */
export async function write<T>(
  primary: Pool,
  session: Session,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await primary.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    // Asked after the commit, so that the commit itself lies before it.
    const { rows } = await client.query("SELECT pg_current_wal_insert_lsn()::text AS position");
    session.wrote = rows[0].position;
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

/** Read on the replica if it has all that this session wrote, on the primary otherwise. */
export async function read<T>(
  pools: { primary: Pool; replica: Pool },
  session: Session,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pools.replica.connect();
  try {
    // Asked on the connection that is read from: others of the pool may go to another replica.
    if (await hasReplayed(client, session.wrote)) return await work(client);
  } finally {
    client.release();
  }
  const primary = await pools.primary.connect();
  return work(primary).finally(() => primary.release());
}

async function hasReplayed(replica: PoolClient, position?: string): Promise<boolean> {
  if (position === undefined) return true;
  const { rows } = await replica.query(
    // A replica that was promoted replays no more, and has everything.
    "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::pg_lsn AS yes",
    [position],
  );
  return rows[0].yes;
}
