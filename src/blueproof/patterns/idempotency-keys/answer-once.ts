import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";

export interface Answer {
  status: number;
  body: unknown;
}

/**
 * Do a request's work once for its key, and give every repetition the same answer. The work and
 * the answer are one transaction: if either fails nothing is kept, and the client's next try works.
 */
export async function answerOnce(
  pool: Pool,
  request: { accountId: string; key: string; content: string },
  work: (client: PoolClient) => Promise<Answer>,
): Promise<Answer> {
  const key = [request.accountId, request.key];
  const hash = createHash("sha256").update(request.content).digest("hex");
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    // A repetition that comes while the first is at work waits here for its end.
    const { rowCount } = await client.query(
      `INSERT INTO idempotency_keys (account_id, key, request_hash) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING`,
      [...key, hash],
    );
    const answer = rowCount ? await work(client) : await given(client, key, hash);
    if (rowCount) {
      await client.query(
        "UPDATE idempotency_keys SET status = $3, body = $4 WHERE account_id = $1 AND key = $2",
        [...key, answer.status, JSON.stringify(answer.body)],
      );
    }
    await client.query("COMMIT");
    return answer;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

/** The answer that was given for the key; a refusal where it was for something else. */
async function given(client: PoolClient, key: string[], hash: string): Promise<Answer> {
  const { rows } = await client.query(
    "SELECT request_hash, status, body FROM idempotency_keys WHERE account_id = $1 AND key = $2",
    key,
  );
  const { request_hash, status, body } = rows[0];
  if (request_hash === hash) return { status, body };
  return { status: 422, body: { error: "this key was used for a different request" } };
}
