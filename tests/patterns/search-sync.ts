import type { Pool } from "pg";
import { syncSearch, type SearchIndex } from "./search-sync-job.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Product 1 is renamed twice, and who sends the first of it is overtaken; product 3 is changed, and
// while that is sent, by an import that knows no index; 2 is deleted while the index is down.
const RENAME = "UPDATE products SET name = $2 WHERE id = $1";
const IMPORT = "UPDATE products SET name = 'imported' WHERE id = 3";

/** An index as Elasticsearch is with external versions; without a version the last one wins. */
class Index implements SearchIndex {
  documents = new Map<string, { version: number; document?: object }>();
  down = false;
  late = async (_version: number): Promise<void> => undefined;
  async put(id: string, version: number, document?: object): Promise<void> {
    if (this.down) throw new Error("503");
    await this.late(version);
    const known = this.documents.get(id);
    if (version === 0 || !known || version > known.version) {
      this.documents.set(id, { version, document });
    }
  }
  remove(id: string, version: number): Promise<void> {
    return this.put(id, version);
  }
}

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await prepared(pool);
    await pool.query(sql["search-changes.sql"]);
    await filled(pool);
    const index = new Index();
    while (await syncSearch(pool, index));
    const slow = new Index(); // the same index over a slow way
    slow.documents = index.documents;
    const [sending, overtaken] = [barrier(2), barrier(2)];
    slow.late = async () => {
      await sending();
      await overtaken();
    };
    await pool.query(RENAME, [1, "first"]);
    await pool.query(RENAME, [3, "changed"]);
    const first = syncSearch(another({ max: 1 }), slow);
    await sending();
    await pool.query(RENAME, [1, "second"]);
    await syncSearch(pool, index);
    await pool.query(IMPORT);
    await overtaken();
    await first;
    index.down = true;
    await pool.query("DELETE FROM products WHERE id = 2");
    await syncSearch(pool, index).catch(() => undefined);
    index.down = false;
    while (await syncSearch(pool, index));
    const { rowCount: left } = await pool.query("SELECT FROM search_changes");
    return outcome(pool, index, left === 0);
  },
  async unprotected({ pool, another }) {
    await prepared(pool);
    await filled(pool);
    const index = new Index();
    const send = async (on: Pool, id: string, wait = async (): Promise<void> => undefined) => {
      const { rows } = await on.query("SELECT * FROM products WHERE id = $1", [id]);
      await wait();
      // What the service logs where it fails, and goes on: the row is saved already.
      await index.put(id, 0, rows[0]).catch(() => undefined);
    };
    for (const id of ["1", "2", "3"]) await send(pool, id);
    const [sending, overtaken] = [barrier(2), barrier(2)];
    await pool.query(RENAME, [1, "first"]);
    const first = send(another({ max: 1 }), "1", async () => {
      await sending();
      await overtaken();
    });
    await sending();
    await pool.query(RENAME, [1, "second"]);
    await send(pool, "1");
    await pool.query(RENAME, [3, "changed"]);
    await send(pool, "3");
    await pool.query(IMPORT);
    await overtaken();
    await first;
    index.down = true;
    await pool.query("DELETE FROM products WHERE id = 2");
    await send(pool, "2");
    index.down = false;
    return outcome(pool, index, true);
  },
};

async function prepared(pool: Pool): Promise<void> {
  await pool.query("CREATE TABLE products (id bigint PRIMARY KEY, name text NOT NULL)");
}

async function filled(pool: Pool): Promise<void> {
  await pool.query("INSERT INTO products VALUES (1, 'one'), (2, 'two'), (3, 'three')");
}

/** The index has what the table has, and nothing else. */
async function outcome(pool: Pool, index: Index, sent: boolean): Promise<Outcome> {
  const { rows } = await pool.query("SELECT id, to_jsonb(p) AS p FROM products p ORDER BY id");
  const wrong = ["1", "2", "3"].filter((id) => {
    const row = rows.find((each) => each.id === id)?.p as { name: string } | undefined;
    const document = index.documents.get(id)?.document as { name: string } | undefined;
    return row?.name !== document?.name;
  });
  return {
    held: wrong.length === 0 && sent,
    seen: `3 products, each changed under trouble: ${wrong.length} wrong in the index at the end`,
  };
}
