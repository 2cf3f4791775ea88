import type { Pool } from "pg";
import { asActor, auditTable } from "./audit-actor.ts";
import type { Outcome, Trial } from "./trial.ts";

// Ada changes her address in the service; a job of the service changes two limits; somebody deletes
// an account by psql; a change is rolled back; and then somebody clears the traces.
const EMAIL = "UPDATE accounts SET email = 'ada@new.org', password_hash = 'x2' WHERE id = 1";
const LIMITS = "UPDATE accounts SET credit = credit + 100 WHERE id IN (2, 3)";
const BY_HAND = "DELETE FROM accounts WHERE id = 3";
const CLEAR = [
  "DELETE FROM audit_log", "UPDATE audit_log SET actor = 'nobody'", "TRUNCATE audit_log",
];
const CHANGES = 4; // rows that were changed and stayed changed

interface Entry {
  actor: string;
  operation: string;
  row_key: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await prepared(pool);
    await pool.query(sql["audit.sql"]);
    const client = await pool.connect();
    await auditTable(client, "accounts", ["password_hash"]);
    client.release();
    const single = another({ max: 1 }); // the same connection serves one after the other
    await asActor(single, "user 1", (own) => own.query(EMAIL));
    await single.query("UPDATE accounts SET credit = credit WHERE id = 1"); // changes nothing
    await asActor(single, "job limits", (own) => own.query(LIMITS));
    const failing = asActor(single, "user 2", async (own) => {
      await own.query("DELETE FROM accounts WHERE id = 2");
      throw new Error("the request fails half way");
    });
    await failing.catch(() => undefined);
    await single.query(BY_HAND);
    const truncated = await pool.query("TRUNCATE accounts").then(() => true, () => false);
    const { rows } = await pool.query<Entry>("SELECT * FROM audit_log ORDER BY id");
    const [email, , , deleted] = rows;
    const told =
      JSON.stringify(rows).includes('"ada@old.org"') && !/x[12]"/.test(JSON.stringify(rows)) &&
      email.actor === "user 1" && email.after?.password_hash === "(hidden)" &&
      Object.keys(email.before ?? {}).join() === "email" && deleted.actor.startsWith("role ");
    return outcome(pool, told && !truncated);
  },
  async unprotected({ pool }) {
    await prepared(pool);
    await pool.query(
      `CREATE TABLE audit_log (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(),
         actor text, table_name text, operation text, row_key text, before jsonb, after jsonb)`,
    );
    const note = "INSERT INTO audit_log (actor, operation, row_key) VALUES ($1, $2, $3)";
    await pool.query(EMAIL);
    await pool.query(note, ["user 1", "UPDATE", "1"]);
    await pool.query(LIMITS); // written by somebody else, who did not know of the log
    await pool.query(BY_HAND); // psql knows no service
    return outcome(pool, true);
  },
};

async function prepared(pool: Pool): Promise<void> {
  await pool.query(
    `CREATE TABLE accounts (id bigint PRIMARY KEY, email text NOT NULL,
       password_hash text NOT NULL, credit int NOT NULL)`,
  );
  await pool.query(
    "INSERT INTO accounts SELECT n, 'ada@old.org', 'x1', 0 FROM generate_series(1, 3) n",
  );
}

/** Each change has its entry, and still has it when somebody tried to clear them. */
async function outcome(pool: Pool, told: boolean): Promise<Outcome> {
  const noted = await entries(pool);
  for (const statement of CLEAR) await pool.query(statement).catch(() => undefined);
  const left = await entries(pool);
  return {
    held: noted === CHANGES && left === CHANGES && told,
    seen: `${CHANGES} rows changed: ${noted} noted, ${left} left after an attempt to clear them`,
  };
}

async function entries(pool: Pool): Promise<number> {
  const { rows } = await pool.query(
    "SELECT count(*)::int AS n FROM audit_log WHERE actor <> 'nobody'",
  );
  return rows[0].n;
}
