import type { Pool, PoolClient } from "pg";
import { followChanges, type Change } from "./follow-changes.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Order 1 is written first and committed last; a consumer reads in between. Then one dies half way.
const ORDER = "INSERT INTO orders (id, cents) VALUES ($1, 100)";
const COPY = "INSERT INTO copies VALUES ($1, $2)";

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await prepared(pool);
    await pool.query(sql["changes.sql"]);
    await pool.query(
      `CREATE TRIGGER change AFTER INSERT OR UPDATE OR DELETE ON orders
       FOR EACH ROW EXECUTE FUNCTION note_change()`,
    );
    const copy = async (changes: Change[], client: PoolClient) => {
      for (const { row_data: row } of changes) await client.query(COPY, [row.id, row.cents]);
    };
    const read = () => followChanges(pool, "copies", copy);
    await lateCommit(pool, read);
    const dying = followChanges(pool, "copies", async (changes, client) => {
      await copy(changes, client);
      throw new Error("the consumer dies half way");
    });
    await dying.catch(() => undefined);
    const both = barrier(2); // two instances of the consumer read at the same time
    await Promise.all([pool, another({ max: 1 })].map(async (instance) => {
      await both();
      await followChanges(instance, "copies", copy);
    }));
    while (await read());
    return outcome(pool);
  },
  async unprotected({ pool }) {
    await prepared(pool);
    let last = 0;
    const read = async () => {
      const { rows } = await pool.query(
        "SELECT id, seq, cents FROM orders WHERE seq > $1 ORDER BY seq LIMIT 500", [last],
      );
      for (const row of rows) {
        await pool.query(COPY, [row.id, row.cents]);
        last = Number(row.seq);
      }
      return rows.length;
    };
    await lateCommit(pool, read);
    while (await read());
    return outcome(pool);
  },
};

async function prepared(pool: Pool): Promise<void> {
  await pool.query("CREATE TABLE orders (id int PRIMARY KEY, seq bigserial, cents int NOT NULL)");
  await pool.query("CREATE TABLE copies (id int NOT NULL, cents int NOT NULL)");
}

async function lateCommit(pool: Pool, read: () => Promise<number>): Promise<void> {
  const slow = await pool.connect();
  await slow.query("BEGIN");
  await slow.query(ORDER, [1]);
  await pool.query(ORDER, [2]);
  await read();
  await pool.query(ORDER, [3]);
  await slow.query("COMMIT");
  slow.release();
  await pool.query(ORDER, [4]);
}

/** Each order was copied, and none twice. */
async function outcome(pool: Pool): Promise<Outcome> {
  const { rows } = await pool.query<{ id: number; copies: number }>(
    `SELECT o.id, count(c.id)::int AS copies FROM orders o LEFT JOIN copies c USING (id)
     GROUP BY o.id ORDER BY o.id`,
  );
  const missed = rows.filter((row) => row.copies === 0);
  const twice = rows.filter((row) => row.copies > 1).length;
  return {
    held: rows.length === 4 && missed.length === 0 && twice === 0,
    seen:
      `${rows.length} orders, of which the first committed last:` +
      ` ${missed.length} never seen, ${twice} seen twice`,
  };
}
