import type { Pool, PoolClient } from "pg";
import { amountOf, count, rollUp } from "./counters.ts";
import type { Outcome, Trial } from "./trial.ts";

const VIEWS = 40;
const PATIENCE = "50ms"; // how long a page view may wait for a lock
const PAGE = "page:1";

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["counters.sql"]);
    const refused = await slowNeighbour(pool, another({ max: 8 }), (on) => count(on, PAGE));
    const before = await amountOf(pool, PAGE);
    await Promise.all([rollUp(pool, 15), rollUp(pool, 15), rollUp(pool, 15)]);
    const between = await amountOf(pool, PAGE);
    await rollUp(pool);
    const { rows } = await pool.query("SELECT amount::int FROM counter_totals");
    return outcome(refused, [before, between, rows[0].amount]);
  },
  async unprotected({ pool, another }) {
    await pool.query("CREATE TABLE counters (counter text PRIMARY KEY, amount bigint)");
    await pool.query("INSERT INTO counters VALUES ($1, 0)", [PAGE]);
    const refused = await slowNeighbour(pool, another({ max: 8 }), (on) =>
      on.query("UPDATE counters SET amount = amount + 1 WHERE counter = $1", [PAGE]),
    );
    const { rows } = await pool.query("SELECT amount::int FROM counters");
    return outcome(refused, [rows[0].amount]);
  },
};

/** One request counts and then does slow work in its transaction; how many others were refused? */
async function slowNeighbour(
  pool: Pool,
  others: Pool,
  add: (on: PoolClient) => Promise<unknown>,
): Promise<number> {
  const slow = await pool.connect();
  await slow.query("BEGIN");
  await add(slow);
  const views = Array.from({ length: VIEWS }, async () => {
    const client = await others.connect();
    await client.query(`SET lock_timeout = '${PATIENCE}'`);
    const refused = await add(client).then(() => 0, () => 1);
    client.release();
    return refused;
  });
  const refused = (await Promise.all(views)).reduce<number>((sum, one) => sum + one, 0);
  await slow.query("COMMIT");
  slow.release();
  return refused;
}

/** Nobody waited in vain, and all views are counted whenever one looks. */
function outcome(refused: number, amounts: number[]): Outcome {
  return {
    held: refused === 0 && amounts.every((amount) => amount === VIEWS + 1),
    seen:
      `${VIEWS} views beside one open transaction: ${refused} gave up after ${PATIENCE},` +
      ` ${amounts.at(-1)} of ${VIEWS + 1} counted`,
  };
}
