import type { Pool } from "pg";
import { addEvent, relayEvents, type OutboxEvent } from "./outbox.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Of eight orders the 3rd fails before its commit, and the process dies right after the 5th commit.
const ORDERS = [1, 2, 3, 4, 5, 6, 7, 8];
const REFUSED = 3;
const DIES_AFTER = 5;

/** A broker that keeps what it took; receivers of events ignore an id that they know. */
class Broker {
  sent: number[] = [];
  take(orders: number[]): void {
    this.sent.push(...orders);
  }
}

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await prepared(pool);
    await pool.query(sql["outbox.sql"]);
    const broker = new Broker();
    for (const order of ORDERS) {
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query("INSERT INTO orders VALUES ($1)", [order]);
      await addEvent(client, "order-placed", { order });
      await client.query(order === REFUSED ? "ROLLBACK" : "COMMIT");
      client.release();
      if (order === DIES_AFTER) continue; // nothing that stands after the commit is run
    }
    const publish = async (events: OutboxEvent[]) =>
      broker.take(events.map((event) => (event.payload as { order: number }).order));
    const dies = async (before: (events: OutboxEvent[]) => Promise<void>) =>
      relayEvents(pool, async (events) => {
        await before(events);
        throw new Error("the broker is away, or the relay dies");
      }, 2).catch(() => undefined);
    await dies(async () => undefined); // before it published
    await dies(publish); // after that, before it could remove what it published
    const both = barrier(2); // two relays have a batch in hand at the same time
    await Promise.all([pool, another({ max: 1 })].map((instance) =>
      relayEvents(instance, async (events) => {
        await both();
        await publish(events);
      }, 3),
    ));
    while (await relayEvents(pool, publish, 3));
    return outcome(pool, broker);
  },
  async unprotected({ pool }) {
    await prepared(pool);
    const broker = new Broker();
    for (const order of ORDERS) {
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query("INSERT INTO orders VALUES ($1)", [order]);
      await client.query(order === REFUSED ? "ROLLBACK" : "COMMIT");
      client.release();
      if (order === REFUSED) continue;
      if (order === DIES_AFTER) continue; // nothing that stands after the commit is run
      broker.take([order]);
    }
    return outcome(pool, broker);
  },
};

async function prepared(pool: Pool): Promise<void> {
  await pool.query("CREATE TABLE orders (id int PRIMARY KEY)");
}

/** Each order that was committed was announced, and no other was. */
async function outcome(pool: Pool, broker: Broker): Promise<Outcome> {
  const { rows } = await pool.query<{ id: number }>("SELECT id FROM orders ORDER BY id");
  const orders = rows.map((row) => row.id);
  const announced = [...new Set(broker.sent)].sort((a, b) => a - b);
  return {
    held: String(announced) === String(orders),
    seen:
      `${orders.length} orders committed, ${announced.length} announced` +
      ` (${broker.sent.length - announced.length} of them sent twice)`,
  };
}
