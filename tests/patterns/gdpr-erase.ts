import type { Pool } from "pg";
import { erasePerson, undecidedColumns } from "./erase.ts";
import type { Outcome, Trial } from "./trial.ts";

// Ada, person 1, is erased; Bo, person 2, stays. The newsletter knows no person, only an address;
// and when the erasing was long written, a migration adds the phone number to orders.
const SCHEMA = [
  "CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, name text)",
  `CREATE TABLE orders (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES people,
     cents int NOT NULL, address text)`,
  "CREATE TABLE tickets (id bigint PRIMARY KEY, person_id bigint REFERENCES people, body text)",
  "CREATE TABLE newsletter (email text PRIMARY KEY)",
];
const MIGRATION = "ALTER TABLE orders ADD phone text";
const ROWS = [
  "INSERT INTO people VALUES (1, 'ada@x.org', 'Ada'), (2, 'bo@x.org', 'Bo')",
  "INSERT INTO orders VALUES (1, 1, 500, 'Ada, Oak St'), (2, 1, 700, NULL), (3, 2, 900, 'Bo, Elm')",
  "INSERT INTO tickets VALUES (1, 1, 'Ada asks'), (2, 2, 'Bo asks')",
  "INSERT INTO newsletter VALUES ('ada@x.org'), ('bo@x.org')",
];
const PHONES = `UPDATE orders SET phone = CASE person_id WHEN 1 THEN '555-ada' ELSE '555-bo' END`;
const TABLES = ["people", "orders", "tickets", "newsletter"];

export const trial: Trial = {
  async protected({ pool, sql }) {
    for (const statement of [...SCHEMA, ...ROWS, sql["personal-data.sql"]]) {
      await pool.query(statement);
    }
    await pool.query(
      `INSERT INTO personal_tables VALUES
         ('newsletter', 1, 'email = (SELECT email FROM people WHERE id = $1)', true),
         ('tickets', 2, 'person_id = $1', true),
         ('orders', 3, 'person_id = $1', false), ('people', 4, 'id = $1', false)`,
    );
    await pool.query(
      `INSERT INTO personal_columns VALUES
         ('people', 'id', NULL), ('people', 'name', 'NULL'),
         ('people', 'email', '''erased-'' || id'),
         ('orders', 'id', NULL), ('orders', 'person_id', NULL), ('orders', 'cents', NULL),
         ('orders', 'address', 'NULL'), ('tickets', 'id', NULL), ('tickets', 'person_id', NULL),
         ('tickets', 'body', NULL), ('newsletter', 'email', NULL)`,
    );
    const decided = await undecidedColumns(pool);
    await pool.query(MIGRATION);
    await pool.query(PHONES);
    const undecided = await undecidedColumns(pool); // what the test of the migration shows
    const refused = await erasePerson(pool, "1", {}).then(() => false, () => true);
    await pool.query("INSERT INTO personal_columns VALUES ('orders', 'phone', 'NULL')");
    let calls = 0;
    const flaky = async () => {
      calls += 1;
      if (calls === 1) throw new Error("503");
    };
    const failed = await erasePerson(pool, "1", { mailer: flaky }).then(() => false, () => true);
    const kept = (await cells(pool, "ada")) > 0;
    await erasePerson(pool, "1", { mailer: flaky });
    await erasePerson(pool, "1", { mailer: flaky }); // asked twice
    const told = decided.length === 0 && String(undecided) === "orders.phone" && refused;
    return outcome(pool, told && failed && kept && calls === 3);
  },
  async unprotected({ pool }) {
    for (const statement of [...SCHEMA, ...ROWS]) await pool.query(statement);
    const erase = async (id: number) => {
      await pool.query("DELETE FROM tickets WHERE person_id = $1", [id]);
      await pool.query("UPDATE orders SET address = NULL WHERE person_id = $1", [id]);
      await pool.query(
        "UPDATE people SET email = 'erased-' || id, name = NULL WHERE id = $1", [id],
      );
    };
    await pool.query(MIGRATION);
    await pool.query(PHONES);
    await erase(1);
    return outcome(pool, true);
  },
};

/** How many rows of all tables speak of a person. */
async function cells(pool: Pool, word: string): Promise<number> {
  let found = 0;
  for (const table of TABLES) {
    const { rowCount } = await pool.query(
      `SELECT FROM ${table} t WHERE t::text ~* '\\m${word}\\M'`,
    );
    found += rowCount ?? 0;
  }
  return found;
}

/** No row speaks of Ada, all of Bo's do, and the books have all their orders. */
async function outcome(pool: Pool, rest: boolean): Promise<Outcome> {
  const [left, others] = [await cells(pool, "ada"), await cells(pool, "bo")];
  const { rows } = await pool.query("SELECT sum(cents)::int AS cents FROM orders");
  return {
    held: left === 0 && others === 4 && rows[0].cents === 2_100 && rest,
    seen: `${left} rows speak of the person who was erased, ${others} of 4 of another one`,
  };
}
