import type { Pool } from "pg";

export interface Content {
  title: string;
  body: Record<string, unknown>;
}

export interface Document extends Content {
  id: string;
  version: number;
}

export async function readDocument(pool: Pool, id: string): Promise<Document | undefined> {
  const { rows } = await pool.query<Document>(
    "SELECT id, title, body, version FROM documents WHERE id = $1", [id],
  );
  return rows[0];
}

/**
 * Save what a person edited, if it is still the version that they saw. False: answer 409 with the
 * newest version, and let them merge; nothing was written.
 */
export async function saveDocument(pool: Pool, edited: Document): Promise<boolean> {
  // Compared and written in one statement: a SELECT before it would leave a gap for others.
  const { rowCount } = await pool.query(
    "UPDATE documents SET title = $3, body = $4 WHERE id = $1 AND version = $2",
    [edited.id, edited.version, edited.title, JSON.stringify(edited.body)],
  );
  return rowCount === 1;
}

/** Change a document by code; where somebody was faster, on what they left. */
export async function changeDocument(
  pool: Pool,
  id: string,
  change: (current: Document) => Content,
  attempts = 10,
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const current = await readDocument(pool, id);
    if (!current) throw new Error(`no document ${id}`);
    const { title, body } = change(current);
    if (await saveDocument(pool, { ...current, title, body })) return;
  }
  throw new Error(`document ${id} changed ${attempts} times meanwhile`);
}
