import type { Pool, PoolClient } from "pg";

/** The schema of a preview; give it to the preview's pool as `options: "-c search_path=..."`. */
export function schemaOf(name: string): string {
  return `preview_${name}`;
}

/**
 * Make the preview's own schema with the branch's migrations and its seed, all or nothing. Called
 * again for a new push, it makes it anew: a migration that was edited would not run a second time.
 */
export async function openPreview(pool: Pool, name: string, statements: string[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    // The name comes from a branch; the table's check lets nothing through that needs quoting.
    await client.query(
      "INSERT INTO previews VALUES ($1) ON CONFLICT (name) DO UPDATE SET made_at = now()", [name],
    );
    await client.query(`DROP SCHEMA IF EXISTS ${schemaOf(name)} CASCADE`);
    await client.query(`CREATE SCHEMA ${schemaOf(name)}`);
    await client.query(`SET LOCAL search_path = ${schemaOf(name)}`);
    for (const statement of statements) await client.query(statement);
  });
}

/** Drop the preview; when its pull request is closed. */
export async function closePreview(pool: Pool, name: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query("DELETE FROM previews WHERE name = $1", [name]);
    if (rowCount) await client.query(`DROP SCHEMA IF EXISTS ${schemaOf(name)} CASCADE`);
    return rowCount === 1;
  });
}

/** Drop the previews whose pull request is no longer open; daily, since close events get lost. */
export async function sweepPreviews(pool: Pool, open: string[]): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT name FROM previews WHERE name <> ALL($1) ORDER BY name", [open],
  );
  for (const { name } of rows) await closePreview(pool, name);
  return rows.map((row) => row.name);
}

async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    await client.query("BEGIN");
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
