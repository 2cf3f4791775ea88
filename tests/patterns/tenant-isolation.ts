import type { Pool, PoolClient } from "pg";
import { asTenant } from "./as-tenant.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

const TENANTS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
// The search of a careful author who filters by tenant in each query: OR binds less than AND.
const SEARCH = `SELECT tenant_id FROM documents
  WHERE tenant_id = $1 AND title ILIKE $2 OR body ILIKE $2`;
const SAVE = "UPDATE documents SET title = 'changed' WHERE id = $1"; // the id comes from the client
const ADD = "INSERT INTO documents (tenant_id, title, body) VALUES ($1, 'plan', 'secret plan')";
const EXPORT = "SELECT tenant_id FROM documents"; // a job that forgot whom it works for

type Query = (text: string, values?: unknown[]) => Promise<{ rows: { tenant_id: string }[] }>;

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["documents.sql"]);
    for (const tenant of TENANTS) {
      await asTenant(pool, tenant, (client) => client.query(ADD, [tenant]));
    }
    const service = another({ max: 2 }); // both tenants get the same two connections in turn
    const leaked = await attacked(
      (tenant, work) => asTenant(service, tenant, (client) => work(queryOf(client))),
      queryOf(service),
    );
    return outcome(pool, leaked);
  },
  async unprotected({ pool, another }) {
    await pool.query(
      "CREATE TABLE documents (id bigserial PRIMARY KEY, tenant_id uuid, title text, body text)",
    );
    for (const tenant of TENANTS) await pool.query(ADD, [tenant]);
    const service = another({ max: 2 });
    const leaked = await attacked((_, work) => work(queryOf(service)), queryOf(service));
    return outcome(pool, leaked);
  },
};

function queryOf(on: Pool | PoolClient): Query {
  return (text, values) => on.query(text, values);
}

/** How many rows were seen that were not the asker's, over requests of both tenants at once. */
async function attacked(
  as: (tenant: string, work: (query: Query) => Promise<void>) => Promise<void>,
  without: Query,
): Promise<number> {
  let leaked = 0;
  for (const round of [0, 1, 2]) {
    const both = barrier(2);
    const requests = TENANTS.map((tenant, place) =>
      as(tenant, async (query) => {
        await both();
        const found = await query(SEARCH, [tenant, "%plan%"]);
        leaked += found.rows.filter((row) => row.tenant_id !== tenant).length;
        await query(SAVE, [round === 2 && place === 0 ? 2 : -1]); // the first tenant tries 2's id
      }),
    );
    await Promise.all(requests);
    leaked += (await without(EXPORT)).rows.length;
  }
  return leaked;
}

/** Nobody saw or changed a row of another tenant. */
async function outcome(pool: Pool, leaked: number): Promise<Outcome> {
  const changed = await asTenant(pool, TENANTS[1], (client) =>
    client.query("SELECT FROM documents WHERE tenant_id = $1 AND title = 'changed'", [TENANTS[1]]),
  );
  return {
    held: leaked === 0 && changed.rowCount === 0,
    seen: `${leaked} rows of others seen, ${changed.rowCount} changed, in 6 requests and 3 exports`,
  };
}
