import { runDue, type Job } from "./scheduler.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Four instances with an hourly job. At the second hour the one that has it dies; then all are down
// for three hours; at the sixth they are back.
const INSTANCES = 4;
const HOURS = [1, 2, 3, 4, 5, 6];
const at = (hour: number) => new Date(Date.UTC(2026, 10, 29, hour, 0, 5));

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["scheduled-runs.sql"]);
    const done: number[] = [];
    const job: Job = {
      name: "invoices",
      everySeconds: 3_600,
      since: new Date(Date.UTC(2026, 10, 29, 1)),
      catchUp: 24,
      leaseSeconds: 600,
      run: async (slot) => void done.push(slot.getUTCHours()),
    };
    const instances = Array.from({ length: INSTANCES }, () => another({ max: 1 }));
    const all = (hour: number) =>
      Promise.all(instances.map((instance) => runDue(instance, job, at(hour))));
    await all(1);
    const dead = barrier(2);
    void runDue(pool, { ...job, run: () => new Promise(() => void dead()) }, at(2));
    await dead();
    await all(2); // the dead one still has its lease
    const early = done.includes(2);
    await pool.query("UPDATE scheduled_runs SET lease_until = lease_until - interval '11 min'");
    await all(2);
    const failing = { ...job, run: () => Promise.reject(new Error("503")) };
    const failed = await runDue(pool, failing, at(6)).then(() => false, () => true);
    await pool.query("UPDATE scheduled_runs SET lease_until = lease_until - interval '11 min'");
    await all(6);
    return outcome(done, failed && !early);
  },
  async unprotected({ another }) {
    const done: number[] = [];
    const instances = Array.from({ length: INSTANCES }, () => another({ max: 1 }));
    // What setInterval or node-cron does in each instance that is up when the hour comes.
    const tick = async (hour: number, dies = -1) => {
      await Promise.all(instances.map(async (instance, number) => {
        await instance.query("SELECT 1");
        if (number !== dies) done.push(hour);
      }));
    };
    await tick(1);
    await tick(2, 0);
    await tick(6);
    return outcome(done, true);
  },
};

/** Each hour's work was done once. */
function outcome(done: number[], rest: boolean): Outcome {
  const times = HOURS.map((hour) => done.filter((each) => each === hour).length);
  const missed = times.filter((count) => count === 0).length;
  const repeated = times.filter((count) => count > 1).length;
  return {
    held: missed === 0 && repeated === 0 && rest,
    seen:
      `${HOURS.length} hourly runs at ${INSTANCES} instances: ${missed} missed,` +
      ` ${repeated} done more than once (${done.length} runs)`,
  };
}
