import type { Pool, PoolClient } from "pg";

/** What a backup must contain: rows and checksum of each table, and when that was. */
export interface Manifest {
  takenAt: string;
  tables: Record<string, { rows: number; checksum: string }>;
}

/**
 * Take a backup and what it must contain from one snapshot, or writes in between would look like
 * faults. `dump` gets the snapshot's id, for pg_dump --snapshot, and the client that holds it.
 */
export async function backUp(
  pool: Pool,
  schema: string,
  dump: (snapshot: string, client: PoolClient) => Promise<void>,
): Promise<Manifest> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows } = await client.query<{ id: string; at: Date }>(
      "SELECT pg_export_snapshot() AS id, now() AS at",
    );
    const tables = await fingerprints(client, schema);
    await dump(rows[0].id, client);
    return { takenAt: rows[0].at.toISOString(), tables };
  } finally {
    await client.query("ROLLBACK").then(() => client.release(), (lost) => client.release(lost));
  }
}

/** Rows and a checksum of every table that the catalogue knows; their order plays no part. */
export async function fingerprints(
  client: Pool | PoolClient,
  schema: string,
): Promise<Manifest["tables"]> {
  const { rows: tables } = await client.query<{ name: string; quoted: string }>(
    `SELECT relname AS name, format('%I.%I', $1::text, relname) AS quoted FROM pg_class
     WHERE relnamespace = $1::text::regnamespace AND relkind = 'r' ORDER BY relname`,
    [schema],
  );
  const found: Manifest["tables"] = {};
  for (const { name, quoted } of tables) {
    const { rows } = await client.query<{ rows: number; checksum: string }>(
      `SELECT count(*)::int AS rows, coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint
         ::numeric), 0)::text AS checksum FROM ${quoted} t`,
    );
    found[name] = rows[0];
  }
  return found;
}
