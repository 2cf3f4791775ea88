// Runs one trial, both ways and as often as asked; prints one line of JSON for each.
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import type { Trial, World } from "./trial.ts";

const [name, times] = process.argv.slice(2);
const { trial } = (await import(`./${name}.ts`)) as { trial: Trial };
const sql = Object.fromEntries(
  readdirSync(".").filter((f) => f.endsWith(".sql")).map((f) => [f, readFileSync(f, "utf8")]),
);
for (let turn = 0; turn < Number(times); turn += 1) {
  for (const version of ["unprotected", "protected"] as const) {
    const schema = `t${turn}_${version}`;
    const pools: pg.Pool[] = [];
    const another: World["another"] = (settings = {}) => {
      const made = new pg.Pool({ max: 10, options: `-c search_path=${schema}`, ...settings });
      pools.push(made);
      return made;
    };
    const pool = another();
    await pool.query(`CREATE SCHEMA ${schema}`);
    try {
      console.log(JSON.stringify({ version, ...(await trial[version]({ pool, sql, another })) }));
    } finally {
      await Promise.all(pools.filter((p) => !p.ended).map((p) => p.end()));
    }
  }
}
