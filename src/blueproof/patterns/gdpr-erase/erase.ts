import type { Pool } from "pg";

/** Erases a person at another system; may be called again for one who is gone there already. */
export type EraseElsewhere = (personId: string) => Promise<void>;

/**
 * Erase a person everywhere. The other systems come first, while the database still knows what the
 * person is called there; where one fails, nothing is noted and the job is tried again.
 */
export async function erasePerson(
  pool: Pool,
  personId: string,
  elsewhere: Record<string, EraseElsewhere>,
): Promise<void> {
  for (const [system, erase] of Object.entries(elsewhere)) {
    try {
      await erase(personId);
    } catch (cause) {
      throw new Error(`person ${personId} is not erased at ${system}`, { cause });
    }
  }
  await pool.query("SELECT erase_person($1)", [personId]); // one statement: all tables or none
}

/** Columns without a decision, such as "orders.phone": let a test fail where there are any. */
export async function undecidedColumns(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT table_name || '.' || column_name AS name FROM undecided_columns ORDER BY 1",
  );
  return rows.map((row) => row.name);
}
