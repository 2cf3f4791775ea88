import type { Pool } from "pg";
import { rotate } from "./rotate.ts";
import type { Outcome, Trial } from "./trial.ts";

// Events of September to December are there when the year turns. Two months are kept beside the
// one that runs.
const MONTHS = ["2026-09", "2026-10", "2026-11", "2026-12"];
const ROWS = 3_000; // a month
const NEW_YEAR = new Date("2026-12-31T23:30:00-02:00"); // it is January in UTC already
const ROTATION = { table: "events", ahead: 3, keep: 2, patienceMilliseconds: 50 };
const WRITE = "INSERT INTO events (created_at, payload) VALUES ($1, '{}')";
const FILL = `INSERT INTO events (created_at, payload)
  SELECT $1::timestamptz + n * interval '1 minute', '{"kind": "visit"}'
  FROM generate_series(1, ${ROWS}) n`;

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["monthly-partitions.sql"]);
    const september = new Date("2026-09-01T00:00:00Z");
    await Promise.all([pool, another({ max: 1 })].map((at) => rotate(at, ROTATION, september)));
    const before = await filled(pool);
    const reader = await pool.connect(); // a report has the table open and takes its time
    await reader.query("BEGIN");
    await reader.query("SELECT count(*) FROM events");
    const held = await rotate(pool, ROTATION, NEW_YEAR);
    const during = await writes(pool);
    await reader.query("COMMIT");
    reader.release();
    const after = await rotate(pool, ROTATION, NEW_YEAR);
    const gaveUp = held.dropped === undefined && held.made === 4 && after.dropped === 2;
    return outcome(pool, before, gaveUp && during);
  },
  async unprotected({ pool }) {
    await pool.query(
      `CREATE TABLE events (id uuid NOT NULL DEFAULT gen_random_uuid(), created_at timestamptz
         NOT NULL DEFAULT now(), payload jsonb NOT NULL, PRIMARY KEY (created_at, id))
       PARTITION BY RANGE (created_at)`,
    );
    for (const month of [9, 10, 11, 12]) {
      const end = month === 12 ? "2027-01-01" : `2026-${month + 1}-01`;
      await pool.query(
        `CREATE TABLE events_${month} PARTITION OF events
         FOR VALUES FROM ('2026-${month}-01') TO ('${end}')`,
      );
    }
    const before = await filled(pool);
    await pool.query("DELETE FROM events WHERE created_at < '2026-11-01'");
    await pool.query("VACUUM events"); // as autovacuum does some time later
    return outcome(pool, before, await writes(pool));
  },
};

async function filled(pool: Pool): Promise<number> {
  for (const month of MONTHS) await pool.query(FILL, [`${month}-01T00:00:00Z`]);
  return size(pool);
}

/** Kilobytes of all partitions with their indexes. */
async function size(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ kb: number }>(
    `SELECT (sum(pg_total_relation_size(relid)) / 1024)::int AS kb
     FROM pg_partition_tree('events') WHERE isleaf`,
  );
  return rows[0].kb;
}

/** Whether events of the new year can be written. */
async function writes(pool: Pool): Promise<boolean> {
  return pool.query(WRITE, ["2027-01-01T01:30:00Z"]).then(() => true, () => false);
}

/** The new month is written, what expired is gone, and its space with it. */
async function outcome(pool: Pool, before: number, written: boolean): Promise<Outcome> {
  const after = await size(pool);
  const { rows } = await pool.query("SELECT FROM events WHERE created_at < '2026-11-01'");
  return {
    held: written && rows.length === 0 && after < 0.65 * before,
    seen:
      `events of the new month ${written ? "written" : "refused"}; ${rows.length} expired rows,` +
      ` half of all went: ${before} kB before, ${after} kB after`,
  };
}
