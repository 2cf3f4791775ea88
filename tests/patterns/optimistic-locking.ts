import type { Pool } from "pg";
import { changeDocument, readDocument, saveDocument, type Document } from "./save-document.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Two people edit one document at the same time, each another field; then eight workers add an
// entry each; and a script that knows no version changes it while a person has it open.
const WORKERS = 8;
const EDITS = WORKERS + 3;
const SCRIPT = `UPDATE documents SET body = body || '{"script": 1}' WHERE id = 1`;

export const trial: Trial = {
  async protected({ pool, sql }) {
    await prepared(pool, sql["documents.sql"]);
    const read = async () => (await readDocument(pool, "1")) as Document;
    const opened = barrier(2);
    let refused = 0;
    await Promise.all(["ada", "bo"].map(async (name) => {
      let edited = await read();
      await opened();
      // The one who is refused gets the newest version and puts the own edit on it.
      while (!(await saveDocument(pool, { ...edited, body: { ...edited.body, [name]: 1 } }))) {
        refused += 1;
        edited = await read();
      }
    }));
    const started = barrier(WORKERS);
    await Promise.all(Array.from({ length: WORKERS }, async (_, n) => {
      await started();
      await changeDocument(pool, "1", ({ title, body }) => ({ title, body: { ...body, [n]: 1 } }));
    }));
    const open = await read();
    await pool.query(SCRIPT);
    const stale = await saveDocument(pool, { ...open, title: "stale" });
    return outcome(pool, refused === 1 && !stale);
  },
  async unprotected({ pool, sql }) {
    await prepared(pool, sql["documents.sql"]);
    const edit = async (name: string, wait: () => Promise<unknown>) => {
      const { body } = (await readDocument(pool, "1")) as Document;
      await wait();
      await pool.query(
        "UPDATE documents SET body = $1 WHERE id = 1", [JSON.stringify({ ...body, [name]: 1 })],
      );
    };
    const opened = barrier(2);
    await Promise.all(["ada", "bo"].map((name) => edit(name, opened)));
    const started = barrier(WORKERS);
    await Promise.all(Array.from({ length: WORKERS }, (_, n) => edit(String(n), started)));
    await pool.query(SCRIPT);
    return outcome(pool, true);
  },
};

async function prepared(pool: Pool, sql: string): Promise<void> {
  await pool.query(sql);
  await pool.query("INSERT INTO documents (title, body) VALUES ('plan', '{}')");
}

/** Every edit that was saved is in the document. */
async function outcome(pool: Pool, rest: boolean): Promise<Outcome> {
  const { body } = (await readDocument(pool, "1")) as Document;
  const lost = EDITS - Object.keys(body).length;
  return { held: lost === 0 && rest, seen: `${EDITS} edits saved, ${lost} of them lost` };
}
