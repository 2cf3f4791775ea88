import type { Pool } from "pg";

const LOCK_NOT_AVAILABLE = "55P03";

export interface Rotation {
  table: string;
  /** Months that are ready before they come: enough for the job to fail for a while. */
  ahead: number;
  /** Full months that are kept besides the one that runs. */
  keep: number;
  patienceMilliseconds?: number;
}

/**
 * Make the partitions that are due and drop those that expired; run it once a day, by any instance.
 * `dropped` is undefined where a reader held the table: the next run drops them. The new ones are
 * made first and in a transaction of their own, since they must not fail with the old ones.
 */
export async function rotate(
  pool: Pool,
  { table, ahead, keep, patienceMilliseconds = 1_000 }: Rotation,
  today = new Date(),
): Promise<{ made: number; dropped: number | undefined }> {
  const { rows } = await pool.query<{ made: number }>(
    "SELECT make_partitions($1::regclass, $2, $3) AS made",
    [table, today.toISOString().slice(0, 10), ahead],
  );
  const oldest = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - keep, 1));
  try {
    const old = await pool.query<{ dropped: number }>(
      "SELECT drop_partitions($1::regclass, $2, $3) AS dropped",
      [table, oldest.toISOString().slice(0, 10), `${patienceMilliseconds}ms`],
    );
    return { made: rows[0].made, dropped: old.rows[0].dropped };
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    return { made: rows[0].made, dropped: undefined };
  }
}
