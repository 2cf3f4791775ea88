import type { Pool } from "pg";
import { applyStep, copyNames } from "./apply-step.ts";
import type { Outcome, Trial } from "./trial.ts";

const PATIENCE = "150ms"; // how long a request may wait for a lock
const SOON = { lockMilliseconds: 20, pauseMilliseconds: 5 };

/** What a version of the service does; each knows one column. */
function version(pool: Pool, column: "name" | "full_name") {
  const query = async (text: string, values: unknown[]) => {
    const client = await pool.connect();
    try {
      await client.query(`SET lock_timeout = '${PATIENCE}'`);
      return await client.query(text, values);
    } finally {
      client.release();
    }
  };
  return {
    create: async (id: number, name: string) =>
      query(`INSERT INTO customers (id, ${column}) OVERRIDING SYSTEM VALUE VALUES ($1, $2)`, [
        id, name,
      ]),
    rename: (id: number, name: string) =>
      query(`UPDATE customers SET ${column} = $2 WHERE id = $1`, [id, name]),
    expect: async (id: number, name: string) => {
      const { rows } = await query(`SELECT ${column} AS name FROM customers WHERE id = $1`, [id]);
      if (rows[0]?.name !== name) throw new Error(`${column} is ${rows[0]?.name}, not ${name}`);
    },
  };
}

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    return rollout(pool, sql["1-customers.sql"], another({ max: 3 }), {
      before: async () => {
        await applyStep(pool, sql["2-expand.sql"], SOON);
        await copyNames(pool, 2);
        await applyStep(pool, sql["3-validate.sql"], SOON);
      },
      after: () => applyStep(pool, sql["4-contract.sql"], SOON),
    });
  },
  async unprotected({ pool, sql, another }) {
    return rollout(pool, sql["1-customers.sql"], another({ max: 3 }), {
      before: () => pool.query("ALTER TABLE customers RENAME COLUMN name TO full_name"),
      after: async () => undefined,
    });
  },
};

/** The migration beside a long report, then both versions at once, then the new one alone. */
async function rollout(
  pool: Pool,
  table: string,
  service: Pool,
  migration: { before: () => Promise<unknown>; after: () => Promise<unknown> },
): Promise<Outcome> {
  await pool.query(table);
  await pool.query("INSERT INTO customers (name) SELECT 'c' || n FROM generate_series(1, 9) n");
  const [old, fresh] = [version(service, "name"), version(service, "full_name")];
  const failures: string[] = [];
  let requests = 0;
  const ask = async (request: () => Promise<unknown>) => {
    requests += 1;
    await request().catch((error: Error) => failures.push(error.message));
  };
  const report = await pool.connect();
  await report.query("BEGIN");
  await report.query("SELECT count(*) FROM customers");
  const migrated = migration.before();
  while (!(await pool.query("SELECT FROM pg_locks WHERE NOT granted")).rowCount);
  await ask(() => old.expect(5, "c5")); // the migration waits for the report, and who for it?
  await report.query("COMMIT");
  report.release();
  await migrated;
  await ask(() => old.create(101, "Ann"));
  await ask(() => fresh.expect(101, "Ann"));
  await ask(() => fresh.rename(101, "Ann Lee"));
  await ask(() => old.expect(101, "Ann Lee"));
  await ask(() => old.rename(5, "Bob"));
  await ask(() => fresh.expect(5, "Bob"));
  await ask(() => fresh.create(102, "Cleo"));
  await ask(() => old.expect(102, "Cleo"));
  await ask(() => fresh.expect(9, "c9"));
  await migration.after();
  await ask(() => fresh.rename(9, "Dan"));
  await ask(() => fresh.expect(9, "Dan"));
  const { rows } = await pool.query(
    `SELECT attname FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attnum > 0
       AND NOT attisdropped AND attnotnull ORDER BY 1`,
  );
  const columns = String(rows.map((row) => row.attname));
  return {
    held: failures.length === 0 && columns === "full_name,id",
    seen:
      `${failures.length} of ${requests} requests failed during the rollout` +
      (failures.length ? `, such as: ${failures.at(-1)}` : ""),
  };
}
