import type { Pool } from "pg";

/** What a trial has: a pool in an empty schema of its own, and the pattern's SQL files by name. */
export interface World {
  pool: Pool;
  sql: Record<string, string>;
  /** A new pool into the same schema, as another instance of the service would have. */
  another: (settings?: { max?: number }) => Pool;
}

/** What came of it: whether the promise of the pattern held, and what was seen, with figures. */
export interface Outcome {
  held: boolean;
  seen: string;
}

/** The same work done with the pattern and without it, under the same attack. */
export interface Trial {
  protected: (world: World) => Promise<Outcome>;
  unprotected: (world: World) => Promise<Outcome>;
}

/** A function that resolves once it was called `count` times: it forces an interleaving. */
export function barrier(count: number): () => Promise<void> {
  let open: () => void;
  let waiting = 0;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    waiting += 1;
    if (waiting >= count) open();
    return opened;
  };
}

/** Resolves after this time; only for what has no event to wait for. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
