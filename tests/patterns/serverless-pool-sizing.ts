import type { Pool } from "pg";
import { endIdleSessions, instanceSettings } from "./instance-pool.ts";
import { sleep, type Outcome, type Trial } from "./trial.ts";

const INSTANCES = 12;
const REQUESTS = 3; // at once, at each instance
const OTHERS = 3; // connections left to this trial's own pool and to people

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    const use = await prepared(pool, sql["connection-use.sql"]);
    const settings = instanceSettings({ connections: use.usable - OTHERS, instances: INSTANCES });
    return twoGenerations(pool, () => {
      const instance = another(settings);
      endIdleSessions(instance, 100);
      return instance;
    });
  },
  async unprotected({ pool, sql, another }) {
    await prepared(pool, sql["connection-use.sql"]);
    return twoGenerations(pool, () => another()); // the driver's own settings: up to 10 an instance
  },
};

async function prepared(pool: Pool, view: string): Promise<{ usable: number; open: number }> {
  await pool.query(view);
  return (await pool.query("SELECT usable, open FROM connection_use")).rows[0];
}

/** Twelve instances work and are frozen; after a deploy twelve others take their place. */
async function twoGenerations(pool: Pool, start: () => Pool): Promise<Outcome> {
  let failed = 0;
  let most = 0;
  let usable = 0;
  for (const generation of [1, 2]) {
    const instances = Array.from({ length: INSTANCES }, start);
    const work = instances.flatMap((instance) =>
      Array.from({ length: REQUESTS }, () => instance.query("SELECT 1").catch(() => (failed += 1))),
    );
    await Promise.all(work);
    const use = (await pool.query("SELECT usable, open FROM connection_use")).rows[0];
    most = Math.max(most, use.open);
    usable = use.usable;
    if (generation === 1) await quiet(pool);
  }
  const requests = 2 * INSTANCES * REQUESTS;
  return {
    held: failed === 0 && most <= usable,
    seen: `${requests} requests, ${failed} refused; up to ${most} of ${usable} connections open`,
  };
}

/** Nothing happens for a while: until only this trial is connected, at most for 190 ms. */
async function quiet(pool: Pool): Promise<void> {
  for (let turn = 0; turn < 19; turn += 1) {
    if ((await pool.query("SELECT open FROM connection_use")).rows[0].open <= 1) return;
    await sleep(10);
  }
}
