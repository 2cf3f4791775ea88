import type { Pool } from "pg";
import { postsPage, type Post } from "./posts-page.ts";
import type { Outcome, Trial } from "./trial.ts";

const POSTS = 2_000;
const SIZE = 100;

export const trial: Trial = {
  async protected({ pool, sql }) {
    await prepared(pool, sql["posts.sql"]);
    const explained = explaining(pool);
    let cursor: string | undefined;
    const seen: string[] = [];
    do {
      const page = await postsPage(explained.pool, SIZE, cursor);
      seen.push(...page.posts.map((post) => post.id));
      cursor = page.next;
      await neighbours(pool);
    } while (cursor);
    return outcome(seen, explained.rows());
  },
  async unprotected({ pool, sql }) {
    await prepared(pool, sql["posts.sql"]);
    const explained = explaining(pool);
    const seen: string[] = [];
    for (let page = 0; ; page += 1) {
      const { rows } = await explained.pool.query<Post>(
        "SELECT id, title, created_at FROM posts ORDER BY created_at DESC, id DESC" +
          " LIMIT $1 OFFSET $2",
        [SIZE, page * SIZE],
      );
      if (rows.length === 0) break;
      seen.push(...rows.map((post) => post.id));
      await neighbours(pool);
    }
    return outcome(seen, explained.rows());
  },
};

/** Posts 1 to 2,000, the last the newest, in groups of seven with the very same time. */
async function prepared(pool: Pool, tables: string): Promise<void> {
  await pool.query(tables);
  await pool.query(
    `INSERT INTO posts (title, created_at) SELECT 'post ' || n,
       '2026-01-01'::timestamptz + ((n - 1) / 7) * interval '3 microseconds'
     FROM generate_series(1, ${POSTS}) n`,
  );
  await pool.query("ANALYZE posts");
}

/** Between two pages others write five posts and delete two of the newest of their own. */
async function neighbours(pool: Pool): Promise<void> {
  await pool.query("INSERT INTO posts (title) SELECT 'new' FROM generate_series(1, 5)");
  await pool.query(
    `DELETE FROM posts WHERE id IN (SELECT id FROM posts WHERE id > ${POSTS} ORDER BY id LIMIT 2)`,
  );
}

/** A pool whose every query is also explained; `rows` is how many rows the dearest one read. */
function explaining(pool: Pool): { pool: Pool; rows: () => number } {
  let most = 0;
  const query = async (text: string, values: unknown[]) => {
    const told = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    most = Math.max(most, scanned(told.rows[0]["QUERY PLAN"][0].Plan));
    return pool.query(text, values);
  };
  return { pool: { query } as unknown as Pool, rows: () => most };
}

interface Plan {
  "Actual Rows": number;
  "Actual Loops": number;
  Plans?: Plan[];
}

function scanned(plan: Plan): number {
  const below = (plan.Plans ?? []).map(scanned);
  return below.length ? Math.max(...below) : plan["Actual Rows"] * plan["Actual Loops"];
}

/** Each post that was there at the start came once; no page read more rows than two pages have. */
function outcome(seen: string[], rows: number): Outcome {
  const old = seen.map(Number).filter((id) => id <= POSTS);
  const different = new Set(old).size;
  return {
    held: different === POSTS && old.length === POSTS && rows <= 2 * SIZE,
    seen:
      `of ${POSTS} posts ${POSTS - different} missed and ${old.length - different} shown twice;` +
      ` the dearest page of ${SIZE} read ${rows} rows`,
  };
}
