import type { Pool } from "pg";
import { redrive } from "./dead-letters.ts";
import { consume } from "./messages.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Ten messages: the third always fails, the sixth kills its consumer, until both causes are fixed.
// Another one has come by then.
const MESSAGES = 10;
const [FAILS, KILLS] = [3, 6];
const TURNS = 40;
const HEALTHY = "1,2,4,5,7,8,9,10";

export const trial: Trial = {
  async protected({ pool, sql }) {
    await pool.query(sql["messages.sql"]);
    await filled(pool);
    const work: number[] = [];
    const zombies: Promise<unknown>[] = [];
    const [end, ended] = openable();
    for (let turn = 0; turn < TURNS; turn += 1) {
      const died = barrier(2);
      const run = consume(pool, async (_, body) => {
        const { n } = body as { n: number };
        if (n === FAILS) throw new Error("cannot read this");
        if (n === KILLS) {
          void died(); // nothing after this runs before the trial has ended
          await ended;
          throw new Error("dead");
        }
        work.push(n);
      }, { attempts: 3, pauseSeconds: 0 });
      const first = await Promise.race([run, died().then(() => "died")]);
      if (first === "died") zombies.push(run);
      await pool.query("UPDATE messages SET taken_until = taken_until - interval '1 hour'");
    }
    const before = String(work);
    await added(pool, MESSAGES + 1);
    const back = await redrive(pool);
    const fixed = async (_: unknown, body: unknown) => void work.push((body as { n: number }).n);
    while (await consume(pool, fixed));
    end();
    await Promise.all(zombies);
    return outcome(before, work, `${back} put aside and put back`);
  },
  async unprotected({ pool }) {
    await pool.query("CREATE TABLE messages (id bigserial PRIMARY KEY, body jsonb)");
    await filled(pool);
    const work: number[] = [];
    const turn = async (broken: boolean) => {
      const { rows } = await pool.query("SELECT id, body FROM messages ORDER BY id LIMIT 1");
      if (!rows[0]) return false;
      const { n } = rows[0].body;
      if (broken && n === FAILS) return true; // caught and logged; it is tried again
      if (broken && n === KILLS) return true; // the consumer is started again
      work.push(n);
      await pool.query("DELETE FROM messages WHERE id = $1", [rows[0].id]);
      return true;
    };
    for (let n = 0; n < TURNS; n += 1) await turn(true);
    const before = String(work);
    await added(pool, MESSAGES + 1);
    while (await turn(false));
    return outcome(before, work, "none put aside");
  },
};

async function filled(pool: Pool): Promise<void> {
  for (let n = 1; n <= MESSAGES; n += 1) await added(pool, n);
}

async function added(pool: Pool, n: number): Promise<void> {
  await pool.query("INSERT INTO messages (body) VALUES ($1)", [JSON.stringify({ n })]);
}

function openable(): [() => void, Promise<void>] {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return [open, opened];
}

/** The healthy are worked in order while two are broken, and these first after the repair. */
function outcome(before: string, work: number[], aside: string): Outcome {
  return {
    held: before === HEALTHY && String(work) === `${HEALTHY},${FAILS},${KILLS},${MESSAGES + 1}`,
    seen: `in ${TURNS} turns ${before.split(",").length} of 8 healthy messages done; ${aside}`,
  };
}
