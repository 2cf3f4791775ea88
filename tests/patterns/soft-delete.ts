import type { Pool } from "pg";
import { purgeAccounts, restoreAccount } from "./deleted-accounts.ts";
import type { Outcome, Trial } from "./trial.ts";

const SIGN_UPS = 5; // at once, with the address of an account that was deleted
const SIGN_UP = "INSERT INTO accounts (email, name) VALUES ($1, 'new')";
const LIST = "SELECT id FROM accounts"; // written later, by somebody who forgot the filter

export const trial: Trial = {
  async protected({ pool, sql }) {
    await pool.query(sql["accounts.sql"]);
    const [ada] = await filled(pool);
    const twice = await Promise.all([1, 2].map(() =>
      pool.query("DELETE FROM accounts WHERE id = $1", [ada]),
    ));
    const deletions = twice.reduce((sum, result) => sum + (result.rowCount ?? 0), 0);
    const signedUp = await signUps(pool);
    const listed = await listsDeleted(pool, ada);
    const restored = await restoreAccount(pool, ada);
    await pool.query("UPDATE account_rows SET deleted_at = deleted_at - interval '31 days'");
    const purged = await purgeAccounts(pool);
    const { rowCount: left } = await pool.query("SELECT FROM account_rows");
    const kept = deletions === 1 && restored === "taken" && purged === 1 && left === 2;
    return outcome(signedUp, listed, kept);
  },
  async unprotected({ pool }) {
    await pool.query(
      `CREATE TABLE accounts (id bigserial PRIMARY KEY, email text NOT NULL,
         name text NOT NULL, deleted_at timestamptz)`,
    );
    await pool.query("CREATE UNIQUE INDEX ON accounts (lower(email))");
    const [ada] = await filled(pool);
    await pool.query("UPDATE accounts SET deleted_at = now() WHERE id = $1", [ada]);
    const signedUp = await signUps(pool);
    return outcome(signedUp, await listsDeleted(pool, ada), true);
  },
};

async function filled(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO accounts (email, name) VALUES ('Ada@x.org', 'Ada'), ('bo@x.org', 'Bo')
     RETURNING id`,
  );
  return rows.map((row) => row.id);
}

/** How many of those who sign up at once with the free address get an account. */
async function signUps(pool: Pool): Promise<number> {
  const spellings = ["ada@x.org", "Ada@x.org"];
  const done = await Promise.allSettled(
    Array.from({ length: SIGN_UPS }, (_, n) => pool.query(SIGN_UP, [spellings[n % 2]])),
  );
  return done.filter((each) => each.status === "fulfilled").length;
}

/** How many of the rows in the list were deleted. */
async function listsDeleted(pool: Pool, deleted: string): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(LIST);
  return rows.filter((row) => row.id === deleted).length;
}

/** The address can be used again, by one, and the list shows nobody who was deleted. */
function outcome(signedUp: number, listed: number, kept: boolean): Outcome {
  return {
    held: signedUp === 1 && listed === 0 && kept,
    seen:
      `${SIGN_UPS} sign-ups with a deleted address: ${signedUp} accounts;` +
      ` ${listed} deleted rows in the list`,
  };
}
