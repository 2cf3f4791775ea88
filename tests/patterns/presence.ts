import { randomUUID } from "node:crypto";
import { beat, EXPIRY_SECONDS, leave, online, sweep } from "./heartbeats.ts";
import type { Outcome, Trial } from "./trial.ts";

// User 1 is on the instance that is killed, 2 has two tabs and closes one, 3 closes properly,
// and the phone of 4 loses its network without a goodbye.
const USERS = ["1", "2", "3", "4"];
const STAYS = "2";

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["live-connections.sql"]);
    const connect = (userId: string) => ({ userId, connectionId: randomUUID() });
    const killed = another({ max: 1 });
    await beat(killed, [connect("1")]);
    const [tab, otherTab, proper, phone] = ["2", "2", "3", "4"].map(connect);
    await beat(pool, [tab, otherTab, proper, phone]);
    const before = await online(pool, USERS);
    await killed.end(); // none of its handlers runs
    await leave(pool, tab.connectionId, tab.userId);
    await leave(pool, proper.connectionId, proper.userId);
    const soon = await online(pool, USERS);
    // The time that passes without a heartbeat is taken off the clock of all rows.
    await pool.query("UPDATE presence SET seen_at = seen_at - make_interval(secs => $1)", [
      EXPIRY_SECONDS + 1,
    ]);
    await beat(pool, [otherTab]);
    await sweep(pool);
    return outcome(before, soon, await online(pool, USERS));
  },
  async unprotected({ pool, another }) {
    await pool.query("CREATE TABLE users (id bigint PRIMARY KEY, online bool DEFAULT false)");
    await pool.query("INSERT INTO users SELECT generate_series(1, 4)");
    const set = (userId: string, value: boolean, by = pool) =>
      by.query("UPDATE users SET online = $2 WHERE id = $1", [userId, value]);
    const now = async () => {
      const { rows } = await pool.query("SELECT id FROM users WHERE online");
      return new Set<string>(rows.map((row) => row.id));
    };
    const killed = another({ max: 1 });
    await set("1", true, killed);
    for (const userId of ["2", "2", "3", "4"]) await set(userId, true);
    const before = await now();
    await killed.end(); // none of its handlers runs
    await set("2", false); // onclose of the one tab
    await set("3", false);
    const soon = await now();
    return outcome(before, soon, await now());
  },
};

/** At the end only those are shown who are there, and who closed properly goes at once. */
function outcome(before: Set<string>, soon: Set<string>, late: Set<string>): Outcome {
  const ghosts = [...late].filter((user) => user !== STAYS).length;
  const lost = late.has(STAYS) && soon.has(STAYS) ? 0 : 1;
  return {
    held: before.size === USERS.length && !soon.has("3") && ghosts === 0 && lost === 0,
    seen: `a minute after a crash: ${ghosts} shown who are gone, ${lost} missing who is there`,
  };
}
