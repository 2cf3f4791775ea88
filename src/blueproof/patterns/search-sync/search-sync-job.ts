import type { Pool } from "pg";

/**
 * A search engine that keeps the higher of two versions, and remembers that of a deleted document:
 * Elasticsearch and OpenSearch do with version_type=external. The 409 that they answer to a version
 * that is too low is no failure here.
 */
export interface SearchIndex {
  put(id: string, version: number, document: object): Promise<void>;
  remove(id: string, version: number): Promise<void>;
}

interface Change {
  id: string;
  version: string;
  document: object | null;
}

/**
 * Bring up to `batch` changes into the index; returns how many. Call it in a loop, at any number of
 * instances: what is sent twice or late has a version that the index knows already.
 */
export async function syncSearch(pool: Pool, index: SearchIndex, batch = 200): Promise<number> {
  // One statement, so that the version and the row are of the same moment. No lock is held while
  // the index answers, or a slow one would hold up everybody who changes a product.
  const { rows } = await pool.query<Change>(
    `SELECT c.product_id AS id, c.version, to_jsonb(p) AS document
     FROM search_changes c LEFT JOIN products p ON p.id = c.product_id
     ORDER BY c.version LIMIT $1`,
    [batch],
  );
  for (const { id, version, document } of rows) {
    if (document) await index.put(id, Number(version), document);
    else await index.remove(id, Number(version));
  }
  // A change that came meanwhile has a higher version and stays for the next run.
  await pool.query(
    `DELETE FROM search_changes c USING unnest($1::bigint[], $2::bigint[]) AS sent (id, version)
     WHERE c.product_id = sent.id AND c.version = sent.version`,
    [rows.map((row) => row.id), rows.map((row) => row.version)],
  );
  return rows.length;
}
