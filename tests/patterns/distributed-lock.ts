import type { Pool } from "pg";
import { asHolder, takeLease, type Lease } from "./held-lease.ts";
import { ifFree } from "./if-free.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// The holder of a lease reads the stock and is paused for longer than the lease; another one takes
// it and writes; then the first wakes up. Before that, six instances want the lease at once.
const INSTANCES = 6;
const STOCK = 10;
const READ = "SELECT quantity FROM stock WHERE sku = 'a'";
const WRITE = "UPDATE stock SET quantity = $1 WHERE sku = 'a'";
const EXPIRE = "UPDATE leases SET held_until = now() - interval '1 s'";

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["leases.sql"]);
    await stocked(pool);
    const ran = await exclusive(pool, another);
    const wanted = Array.from({ length: INSTANCES }, () => takeLease(pool, "stock", 30));
    const taken = (await Promise.all(wanted)).filter((lease) => lease !== undefined);
    const first = (await takeLease(pool, "stock", 30, taken[0])) as Lease; // renewed
    const seen = await quantity(pool);
    await pool.query(EXPIRE); // meanwhile the process is paused
    const second = (await takeLease(pool, "stock", 30)) as Lease;
    const sold: number[] = [];
    const sell = async (lease: Lease, number: number, from: number) => {
      await asHolder(pool, lease, (client) => client.query(WRITE, [from - number]));
      sold.push(number);
    };
    await sell(second, 1, await quantity(pool));
    const refused = await sell(first, 3, seen).then(() => false, () => true);
    const alone = taken.length === 1 && !(await takeLease(pool, "stock", 30));
    return outcome(pool, taken.length, sold, refused && alone && ran);
  },
  async unprotected({ pool, sql }) {
    await pool.query(sql["leases.sql"]);
    await stocked(pool);
    // A lease as by SET NX PX: one at a time holds it, and each trusts that it still does.
    const take = async () => {
      const { rowCount } = await pool.query(
        `INSERT INTO leases AS l (name, held_until) VALUES ('stock', now() + interval '30 s')
         ON CONFLICT (name) DO UPDATE SET held_until = excluded.held_until
         WHERE l.held_until < now()`,
      );
      return rowCount === 1;
    };
    const taken = (await Promise.all(Array.from({ length: INSTANCES }, take))).filter(Boolean);
    const seen = await quantity(pool);
    await pool.query(EXPIRE); // meanwhile the process is paused
    await take();
    const sold: number[] = [];
    const sell = async (number: number, from: number) => {
      await pool.query(WRITE, [from - number]);
      sold.push(number);
    };
    await sell(1, await quantity(pool));
    await sell(3, seen);
    return outcome(pool, taken.length, sold, true);
  },
};

/** One of all instances runs what must run alone, and when its session is killed, another can. */
async function exclusive(pool: Pool, another: () => Pool): Promise<boolean> {
  const dying = another();
  dying.on("error", () => undefined); // its connection is ended below
  const inside = barrier(2);
  const killed = barrier(2);
  const holder = ifFree(dying, "report", async (client) => {
    await inside();
    await killed();
    await client.query("SELECT 1");
  });
  await inside();
  const others = await Promise.all(
    Array.from({ length: INSTANCES }, () => ifFree(pool, "report", async () => true)),
  );
  await pool.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
  await killed();
  const died = await holder.then(() => false, () => true);
  while ((await pool.query("SELECT FROM pg_locks WHERE locktype = 'advisory'")).rowCount);
  const next = await ifFree(pool, "report", async () => true);
  return others.every((each) => each === undefined) && died && next === true;
}

async function stocked(pool: Pool): Promise<void> {
  await pool.query("CREATE TABLE stock (sku text PRIMARY KEY, quantity int NOT NULL)");
  await pool.query("INSERT INTO stock VALUES ('a', $1)", [STOCK]);
}

async function quantity(pool: Pool): Promise<number> {
  return (await pool.query<{ quantity: number }>(READ)).rows[0].quantity;
}

/** The stock is what is left after all sales that were confirmed. */
async function outcome(pool: Pool, holders: number, sold: number[], rest: boolean) {
  const left = await quantity(pool);
  const right = STOCK - sold.reduce((sum, each) => sum + each, 0);
  return {
    held: left === right && holders === 1 && rest,
    seen:
      `${holders} of ${INSTANCES} got the lease; after a pause longer than it ${sold.length}` +
      ` sales confirmed: stock ${left}, right is ${right}`,
  } satisfies Outcome;
}
