import type { Pool } from "pg";
import { drill } from "./drill.ts";
import { backUp, type Manifest } from "./manifest.ts";
import type { Outcome, Trial } from "./trial.ts";

// Backups as lines of JSON for each table. The first is good, though somebody writes meanwhile;
// each of the others has a fault.
type Dump = Map<string, string[]>;

const TABLES = ["customers", "invoices", "orders"];
const SPOILS: Record<string, (dump: Dump) => void> = {
  good: () => undefined,
  "a table that its list did not name": (dump) => void dump.delete("invoices"),
  "a table that its role could not see": (dump) => void dump.set("orders", []),
  "cut when the disk was full": (dump) => void dump.get("orders")?.splice(150),
  "text in another encoding": (dump) => {
    const lines = dump.get("customers") ?? [];
    dump.set("customers", lines.map((line) => line.replace("ü", "?")));
  },
  "three days old": () => undefined,
};

export const trial: Trial = {
  async protected({ pool, another }) {
    const schema = await prepared(pool);
    const trusted: string[] = [];
    for (const [name, spoil] of Object.entries(SPOILS)) {
      const { dump, manifest } = await taken(pool, schema, another({ max: 1 }));
      spoil(dump);
      const now = new Date(Date.now() + (name === "three days old" ? 72 * 3_600_000 : 0));
      const restore = (into: string) => restored(pool, schema, into, dump);
      const { faults, seconds } = await drill(
        pool, `drill_${schema}`, { manifest, restore, maximumHours: 26 }, now,
      );
      if (faults.length === 0 && seconds > 0) trusted.push(name);
    }
    return outcome(trusted);
  },
  async unprotected({ pool, another }) {
    const schema = await prepared(pool);
    const trusted: string[] = [];
    for (const [name, spoil] of Object.entries(SPOILS)) {
      const { dump } = await taken(pool, schema, another({ max: 1 }));
      spoil(dump);
      // The job ended without an error, and its file is not empty.
      const bytes = [...dump.values()].flat().join("\n").length;
      if (bytes > 0) trusted.push(name);
    }
    return outcome(trusted);
  },
};

async function prepared(pool: Pool): Promise<string> {
  await pool.query("CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL)");
  await pool.query("INSERT INTO customers SELECT n, 'Jürgen ' || n FROM generate_series(1, 20) n");
  await pool.query("CREATE TABLE orders (id serial PRIMARY KEY, customer_id int, price numeric)");
  await pool.query(
    `INSERT INTO orders (customer_id, price)
     SELECT 1 + n % 20, n * 1.10 FROM generate_series(1, 200) n`,
  );
  await pool.query("CREATE TABLE invoices (order_id int PRIMARY KEY, at timestamptz)");
  await pool.query("INSERT INTO invoices SELECT n, now() FROM generate_series(1, 50) n");
  const { rows } = await pool.query<{ schema: string }>("SELECT current_schema AS schema");
  return rows[0].schema;
}

async function taken(
  pool: Pool,
  schema: string,
  writer: Pool,
): Promise<{ dump: Dump; manifest: Manifest }> {
  const dump: Dump = new Map();
  const manifest = await backUp(pool, schema, async (_snapshot, client) => {
    await writer.query("INSERT INTO orders (customer_id, price) VALUES (1, 1)"); // meanwhile
    for (const table of TABLES) {
      const { rows } = await client.query(`SELECT to_jsonb(t)::text AS line FROM ${table} t`);
      dump.set(table, rows.map((row) => row.line));
    }
  });
  return { dump, manifest };
}

/** What pg_restore does: tables and rows that the backup has. */
async function restored(pool: Pool, from: string, into: string, dump: Dump): Promise<void> {
  for (const [table, lines] of dump) {
    await pool.query(`CREATE TABLE ${into}.${table} (LIKE ${from}.${table} INCLUDING ALL)`);
    await pool.query(
      `INSERT INTO ${into}.${table}
       SELECT r.* FROM unnest($1::text[]) line,
         jsonb_populate_record(NULL::${into}.${table}, line::jsonb) r`,
      [lines],
    );
  }
}

/** Only the good backup is relied on. */
function outcome(trusted: string[]): Outcome {
  const bad = trusted.filter((name) => name !== "good");
  return {
    held: trusted.includes("good") && bad.length === 0,
    seen:
      `${Object.keys(SPOILS).length - 1} bad backups: ${bad.length} relied on;` +
      ` the good one ${trusted.includes("good") ? "accepted" : "refused"}`,
  };
}
