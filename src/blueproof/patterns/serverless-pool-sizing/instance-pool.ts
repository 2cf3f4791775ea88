import type { Pool, PoolConfig } from "pg";

/** What one instance may open so that all `instances` together stay within `connections`. */
export function instanceSettings(budget: { connections: number; instances: number }): PoolConfig {
  const max = Math.floor(budget.connections / budget.instances);
  if (max < 1) {
    throw new RangeError(
      `${budget.instances} instances do not fit in ${budget.connections} connections:` +
        " put a pooler in transaction mode before the server, or limit the instances",
    );
  }
  return {
    max,
    // A request waits for its turn within the instance, and fails rather than hang.
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 5_000,
    allowExitOnIdle: true,
  };
}

/**
 * Have the server end this pool's sessions once they are idle for so long. The pool's own timer
 * does not run while the platform holds an instance frozen, and its connections stay open.
 */
export function endIdleSessions(pool: Pool, milliseconds: number): void {
  pool.on("connect", (client) => {
    // Sent before the first query of the connection; if it fails, that query tells so.
    client.query(`SET idle_session_timeout = ${Math.ceil(milliseconds)}`).catch(() => undefined);
  });
  // The server's goodbye arrives here; the pool has dropped the connection and opens another when
  // it is needed. Without a listener it would end the process.
  pool.on("error", () => undefined);
}
