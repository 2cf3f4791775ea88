import type { Pool, PoolClient } from "pg";

/** Put a table under audit; `hidden` columns, such as a password's hash, are noted by name only. */
export async function auditTable(client: PoolClient, table: string, hidden: string[] = []) {
  const name = client.escapeIdentifier(table);
  const columns = hidden.map((column) => client.escapeLiteral(column)).join(", ");
  await client.query(
    `CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON ${name}
     FOR EACH ROW EXECUTE FUNCTION note_audit(${columns})`,
  );
  // TRUNCATE fires no trigger for rows: it would empty the table without an entry.
  await client.query(
    `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ${name}
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  );
}

/** Run `work` in a transaction whose changes are noted as those of `actor`, such as "user 7". */
export async function asActor<T>(
  pool: Pool,
  actor: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    await client.query("BEGIN");
    // For this transaction only, or the connection's next user would be noted as this one.
    await client.query("SELECT set_config('app.actor', $1, true)", [actor]);
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
