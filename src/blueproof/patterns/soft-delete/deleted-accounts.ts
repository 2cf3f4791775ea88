import type { Pool } from "pg";

const UNIQUE_VIOLATION = "23505";

/** Bring an account back; "taken" where a newer account has its address by now. */
export async function restoreAccount(
  pool: Pool,
  id: string,
): Promise<"restored" | "taken" | "not deleted"> {
  try {
    const { rowCount } = await pool.query(
      "UPDATE account_rows SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL",
      [id],
    );
    return rowCount === 1 ? "restored" : "not deleted";
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return "taken";
    throw error;
  }
}

/**
 * Remove for good what was deleted longer ago than `days`, up to `batch` rows; returns how many.
 * Run it daily until it returns 0: whoever asks to be erased must not stay in the table.
 */
export async function purgeAccounts(pool: Pool, days = 30, batch = 1_000): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM account_rows WHERE id IN (
       SELECT id FROM account_rows WHERE deleted_at < now() - make_interval(days => $1)
       ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [days, batch],
  );
  return rowCount ?? 0;
}
