import { createHash } from "node:crypto";
import type { Pool } from "pg";

const STEPS = 10_000;

/**
 * Flags that are read from memory and refreshed beside the requests. `defaults` names every flag
 * with the share that holds until the store was reached once; 0 for what is new.
 */
export class Flags<Name extends string> {
  #shares: Record<Name, number>;
  readonly #pool: Pool;

  constructor(pool: Pool, defaults: Record<Name, number>) {
    this.#pool = pool;
    this.#shares = { ...defaults };
  }

  /** Call it at the start and every 15 s or so. Where it fails, what was known last stays. */
  async refresh(): Promise<boolean> {
    try {
      const { rows } = await this.#pool.query<{ name: Name; share: number }>(
        "SELECT name, share FROM feature_flags WHERE name = ANY($1)",
        [Object.keys(this.#shares)],
      );
      const read = Object.fromEntries(rows.map((row) => [row.name, row.share]));
      this.#shares = { ...this.#shares, ...read };
      return true;
    } catch {
      return false; // export it: flags that are old for long deserve an alarm
    }
  }

  /** The same for a user on every request and instance; no query, and nothing that can fail. */
  on(flag: Name, userId: string): boolean {
    return step(flag, userId) < this.#shares[flag];
  }
}

/**
 * Where a user stands between 0 and 9,999. The flag is part of it, or the same users would be the
 * first for every feature; and since it never changes, raising a share only adds users.
 */
function step(flag: string, userId: string): number {
  return createHash("sha256").update(`${flag}\0${userId}`).digest().readUInt32BE() % STEPS;
}
