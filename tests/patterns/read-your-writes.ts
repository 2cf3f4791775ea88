import type { Pool, PoolClient } from "pg";
import { read, write, type Session } from "./session-reads.ts";
import type { Outcome, Trial } from "./trial.ts";

type Pools = { primary: Pool; replica: Pool };
interface Service {
  rename: (session: Session, name: string) => Promise<unknown>;
  show: (session: Session) => Promise<{ name: string; at: string }>;
}

const RENAME = "UPDATE profiles SET name = $1 WHERE id = 1";
const SHOW = "SELECT name, current_schema() AS at FROM profiles WHERE id = 1";

export const trial: Trial = {
  async protected({ pool, another }) {
    const [pools, catchUp] = await lagging(pool, another);
    return used(pool, catchUp, {
      rename: (session, name) =>
        write(pools.primary, session, (client) => client.query(RENAME, [name])),
      show: (session) =>
        read(pools, session, async (client: PoolClient) => (await client.query(SHOW)).rows[0]),
    });
  },
  async unprotected({ pool, another }) {
    const [pools, catchUp] = await lagging(pool, another);
    return used(pool, catchUp, {
      rename: (_, name) => pools.primary.query(RENAME, [name]),
      show: async () => (await pools.replica.query(SHOW)).rows[0],
    });
  },
};

/**
 * A replica that has what it had at the last `catchUp`: a schema with a copy of the table, and with
 * the two functions by which a replica says how far it is.
 */
async function lagging(
  pool: Pool,
  another: (settings?: { max?: number }) => Pool,
): Promise<[Pools, () => Promise<void>]> {
  const copy = (await pool.query("SELECT current_schema() || '_replica' AS name")).rows[0].name;
  await pool.query("CREATE TABLE profiles (id int PRIMARY KEY, name text NOT NULL)");
  await pool.query("INSERT INTO profiles VALUES (1, 'Ann')");
  await pool.query(`CREATE SCHEMA ${copy};
    CREATE TABLE ${copy}.profiles AS SELECT * FROM profiles;
    CREATE TABLE ${copy}.replayed AS SELECT pg_current_wal_insert_lsn() AS position;
    CREATE FUNCTION ${copy}.pg_is_in_recovery() RETURNS bool LANGUAGE sql AS 'SELECT true';
    CREATE FUNCTION ${copy}.pg_last_wal_replay_lsn() RETURNS pg_lsn LANGUAGE sql
      AS 'SELECT position FROM ${copy}.replayed'`);
  const catchUp = async () => {
    await pool.query(`UPDATE ${copy}.replayed SET position = pg_current_wal_insert_lsn()`);
    await pool.query(`UPDATE ${copy}.profiles SET name = (SELECT name FROM profiles)`);
  };
  // pg_catalog is searched last only where it is named last.
  const settings = { max: 2, options: `-c search_path=${copy},pg_catalog` };
  return [{ primary: another({ max: 2 }), replica: another(settings) }, catchUp];
}

/** Somebody writes and looks at once, three times; others only read; the replica catches up. */
async function used(pool: Pool, catchUp: () => Promise<void>, service: Service): Promise<Outcome> {
  const primary = (await pool.query("SELECT current_schema() AS name")).rows[0].name;
  const [writer, reader]: Session[] = [{}, {}];
  let stale = 0;
  let spared = 0; // reads that the primary did not have to answer
  const look = async (session: Session, name?: string) => {
    const seen = await service.show(session);
    if (name && seen.name !== name) stale += 1;
    if (seen.at !== primary) spared += 1;
  };
  for (const name of ["Bea", "Cleo", "Dora"]) {
    await service.rename(writer, name);
    await look(writer, name);
    await look(reader);
    if (name === "Bea") await catchUp(); // the next write is again ahead of it
  }
  await catchUp();
  await look(writer, "Dora");
  return {
    held: stale === 0 && spared >= 4,
    seen: `${stale} of 4 looks after a write were stale; the replica answered ${spared} of 7 reads`,
  };
}
