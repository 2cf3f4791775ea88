import type { Pool } from "pg";
import { Flags } from "./flags.ts";
import type { Outcome, Trial } from "./trial.ts";

const USERS = Array.from({ length: 400 }, (_, n) => `user-${n}`);
const REQUESTS = 4; // of each user, in turn at two instances
const SHARE = 3_000; // of 10,000

type Answer = boolean | "failed";
type Ask = (instance: number, user: string) => Promise<Answer>;

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["feature-flags.sql"]);
    await filled(pool);
    const pools = [another({ max: 2 }), another({ max: 2 })];
    const instances = pools.map((own) => new Flags(own, { checkout: 0, search: 0 }));
    for (const flags of instances) await flags.refresh();
    const ask: Ask = async (instance, user) => instances[instance].on("checkout", user);
    const normal = await asked(ask);
    const [first] = instances;
    const both = USERS.filter((user) => first.on("checkout", user) && first.on("search", user));
    await pool.query("UPDATE feature_flags SET share = 6000 WHERE name = 'checkout'");
    for (const flags of instances) await flags.refresh();
    const raised = await asked(ask);
    for (const each of pools) await each.end(); // the store is down
    const known = await Promise.all(instances.map((flags) => flags.refresh()));
    const down = await asked(ask);
    const fresh = new Flags(pools[0], { checkout: 0, search: 0 }); // started during the outage
    const off = !(await fresh.refresh()) && USERS.every((user) => !fresh.on("checkout", user));
    const apart = both.length < 80; // 9% of the users, not 30%
    return outcome(normal, raised, down, off && apart && !known.includes(true));
  },
  async unprotected({ pool, sql, another }) {
    await pool.query(sql["feature-flags.sql"]);
    await filled(pool);
    const instances = [another({ max: 2 }), another({ max: 2 })];
    const ask: Ask = async (instance) => {
      try {
        const { rows } = await instances[instance].query<{ share: number }>(
          "SELECT share FROM feature_flags WHERE name = 'checkout'",
        );
        return Math.random() * 10_000 < rows[0].share;
      } catch {
        return "failed"; // the handler throws, and the user gets a 500
      }
    };
    const normal = await asked(ask);
    await pool.query("UPDATE feature_flags SET share = 6000 WHERE name = 'checkout'");
    const raised = await asked(ask);
    for (const each of instances) await each.end(); // the store is down
    return outcome(normal, raised, await asked(ask), true);
  },
};

async function filled(pool: Pool): Promise<void> {
  await pool.query("INSERT INTO feature_flags VALUES ('checkout', $1), ('search', $1)", [SHARE]);
}

/** What each user gets, request by request. */
async function asked(ask: Ask): Promise<Answer[][]> {
  return Promise.all(USERS.map((user) =>
    Promise.all(Array.from({ length: REQUESTS }, (_, n) => ask(n % 2, user))),
  ));
}

/** Nobody flips, nobody loses the feature when the share is raised, and an outage fails nothing. */
function outcome(
  normal: Answer[][],
  raised: Answer[][],
  down: Answer[][],
  rest: boolean,
): Outcome {
  const flips = normal.filter((each) => new Set(each).size > 1).length;
  const lost = raised.filter((each, user) => normal[user][0] === true && !each[0]).length;
  const failed = down.flat().filter((each) => each === "failed").length;
  const on = normal.filter((each) => each[0] === true).length;
  return {
    held: flips === 0 && lost === 0 && failed === 0 && Math.abs(on - 120) < 40 && rest,
    seen:
      `${USERS.length} users at 30%: ${flips} flip between requests, ${lost} lose it at 60%;` +
      ` ${failed} of ${USERS.length * REQUESTS} requests fail in an outage of the store`,
  };
}
