import { receiveEvent } from "./receive-event.ts";
import { barrier, type Trial } from "./trial.ts";

const DELIVERIES = 8;
const EVENT = { source: "stripe", id: "evt_1" };
const PAY = "INSERT INTO payments (event_id) VALUES ($1)";

export const trial: Trial = {
  async protected({ pool, sql }) {
    await prepared(pool, sql);
    const failing = receiveEvent(pool, EVENT, async (client) => {
      await client.query(PAY, [EVENT.id]);
      throw new Error("the first delivery fails half way");
    });
    const failed = await failing.then(() => false, () => true);
    const answers = await Promise.all(
      Array.from({ length: DELIVERIES }, () =>
        receiveEvent(pool, EVENT, async (client) => void (await client.query(PAY, [EVENT.id]))),
      ),
    );
    const handled = answers.filter(Boolean).length;
    const payments = await count(pool);
    return {
      held: failed && handled === 1 && payments === 1,
      seen: `${DELIVERIES} deliveries at once after one that failed: ${payments} payment`,
    };
  },
  async unprotected({ pool, sql }) {
    await prepared(pool, sql);
    const looked = barrier(DELIVERIES);
    await Promise.all(
      Array.from({ length: DELIVERIES }, async () => {
        const known = await pool.query("SELECT FROM received_events WHERE event_id = $1", [EVENT.id]);
        await looked();
        if (known.rowCount) return;
        await pool.query(PAY, [EVENT.id]);
        await pool.query(
          "INSERT INTO received_events VALUES ($1, $2) ON CONFLICT DO NOTHING", [EVENT.source, EVENT.id],
        );
      }),
    );
    const payments = await count(pool);
    return { held: payments === 1, seen: `${DELIVERIES} deliveries at once: ${payments} payments` };
  },
};

async function prepared(pool, sql) {
  await pool.query(sql["received-events.sql"]);
  await pool.query("CREATE TABLE payments (id bigserial PRIMARY KEY, event_id text NOT NULL)");
}

async function count(pool): Promise<number> {
  const { rows } = await pool.query("SELECT count(*)::int AS payments FROM payments");
  return rows[0].payments;
}
