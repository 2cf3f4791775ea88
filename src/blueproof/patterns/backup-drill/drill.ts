import type { Pool } from "pg";
import { fingerprints, type Manifest } from "./manifest.ts";

/**
 * Restore a backup into an empty schema and compare it with its manifest. Run it weekly with the
 * newest backup, on a server of its own, and alarm on any fault: seconds is how long the real
 * restore would take at least.
 */
export async function drill(
  pool: Pool,
  schema: string,
  backup: { manifest: Manifest; restore: (schema: string) => Promise<void>; maximumHours: number },
  now = new Date(),
): Promise<{ faults: string[]; seconds: number }> {
  const faults: string[] = [];
  const hours = (now.getTime() - Date.parse(backup.manifest.takenAt)) / 3_600_000;
  if (hours > backup.maximumHours) faults.push(`the newest backup is ${Math.round(hours)} h old`);
  const started = performance.now();
  try {
    await pool.query(`CREATE SCHEMA ${schema}`);
    await backup.restore(schema);
    const seconds = (performance.now() - started) / 1000;
    const found = await fingerprints(pool, schema);
    for (const [table, right] of Object.entries(backup.manifest.tables)) {
      const { rows, checksum } = found[table] ?? {};
      if (rows === undefined) faults.push(`${table} is missing`);
      else if (rows !== right.rows) faults.push(`${table} has ${rows} rows of ${right.rows}`);
      else if (checksum !== right.checksum) faults.push(`${table} has other content`);
    }
    return { faults, seconds };
  } catch (error) {
    return { faults: [...faults, `the restore fails: ${error}`], seconds: NaN };
  } finally {
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  }
}
