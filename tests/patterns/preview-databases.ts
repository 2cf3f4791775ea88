import type { Pool } from "pg";
import { closePreview, openPreview, schemaOf, sweepPreviews } from "./preview.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Two branches change the same table, each with its migration 2; a third one's migration fails.
const BASE = "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL)";
const SEED = "INSERT INTO users (name) VALUES ('seeded')";
const RENAMES = "ALTER TABLE users RENAME name TO full_name";
const ADDS = "ALTER TABLE users ADD phone text";
const FAILS = "ALTER TABLE users ADD name text";
const USES_RENAMED = ["INSERT INTO users (full_name) VALUES ('a')", "SELECT full_name FROM users"];
const USES_ADDED = [
  "INSERT INTO users (name, phone) VALUES ('b', '1')", "SELECT name, phone FROM users",
];

interface Worked {
  fails: boolean;
  rows: number;
}

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["previews.sql"]);
    const { rows } = await pool.query<{ run: string }>("SELECT current_schema AS run");
    const [renames, adds, fails] = ["7", "8", "9"].map((pull) => `${rows[0].run}_${pull}`);
    const before = barrier(2); // both branches are pushed at the same time
    await Promise.all([[renames, RENAMES], [adds, ADDS]].map(async ([name, change]) => {
      await before();
      await openPreview(pool, name, [BASE, SEED, change]);
    }));
    const failed = openPreview(pool, fails, [BASE, SEED, FAILS]).then(() => false, () => true);
    const refused = await openPreview(pool, "x; DROP TABLE previews", []).catch(() => "refused");
    const nothing = (await failed) && !(await schemas(pool)).includes(schemaOf(fails));
    const worked = [];
    for (const [name, work] of [[renames, USES_RENAMED], [adds, USES_ADDED]] as const) {
      const own = another({ max: 1, ...searchPath(name) });
      worked.push(await works(own, work));
      await own.end();
    }
    await openPreview(pool, adds, [BASE, SEED, ADDS]); // another push: it starts anew
    const closed = await closePreview(pool, renames);
    const swept = await sweepPreviews(pool, []); // the other close event was lost
    const left = (await schemas(pool)).filter((name) => name.startsWith(`preview_${rows[0].run}_`));
    const tidy = nothing && refused === "refused" && closed && String(swept) === adds;
    return outcome(worked, left.length, tidy);
  },
  async unprotected({ pool }) {
    // One staging database for all branches, and a migration tool that notes which number ran.
    await pool.query("CREATE TABLE migrations (number int PRIMARY KEY)");
    const migrate = async (number: number, statement: string) => {
      const noted = "INSERT INTO migrations VALUES ($1) ON CONFLICT DO NOTHING";
      if ((await pool.query(noted, [number])).rowCount) await pool.query(statement);
    };
    for (const change of [RENAMES, ADDS]) {
      await migrate(1, BASE);
      await pool.query(SEED).catch(() => undefined); // the seed of one fails on the other's table
      await migrate(2, change);
    }
    return outcome([await works(pool, USES_RENAMED), await works(pool, USES_ADDED)], 0, true);
  },
};

/** What the preview's deployment sets for its pool. */
function searchPath(name: string): object {
  return { options: `-c search_path=${schemaOf(name)}` };
}

async function schemas(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ nspname: string }>("SELECT nspname FROM pg_namespace");
  return rows.map((row) => row.nspname);
}

/** Whether the branch's own code works, and how many rows it sees. */
async function works(pool: Pool, [write, read]: readonly string[]): Promise<Worked> {
  try {
    await pool.query(write);
    return { fails: false, rows: (await pool.query(read)).rowCount ?? 0 };
  } catch {
    return { fails: true, rows: 0 };
  }
}

/** Each preview works and sees the seed and its own row; nothing is left when all are closed. */
function outcome(worked: Worked[], left: number, tidy: boolean): Outcome {
  const broken = worked.filter((each) => each.fails).length;
  const strange = worked.filter((each) => !each.fails && each.rows !== 2).length;
  return {
    held: broken === 0 && strange === 0 && left === 0 && tidy,
    seen:
      `2 previews that change one table: ${broken} broken, ${strange} with rows of another;` +
      ` ${left} left when both are closed`,
  };
}
