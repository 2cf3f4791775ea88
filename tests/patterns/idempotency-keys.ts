import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Pool } from "pg";
import { answerOnce, type Answer } from "./answer-once.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

const CLICKS = 6; // the same payment at once, at two instances
const PAY = "INSERT INTO payments (cents) VALUES ($1) RETURNING id::int";

interface Post {
  key: string;
  content: string;
  cents: number;
  /** Called where the process may die: after the payment, before the answer is saved and sent. */
  mayDie: () => void;
}
type Handle = (pool: Pool, post: Post) => Promise<Answer>;

export const trial: Trial = {
  async protected({ pool, sql, another }) {
    await pool.query(sql["idempotency-keys.sql"]);
    return attacked(pool, [another({ max: 4 }), another({ max: 4 })], (instance, post) =>
      answerOnce(instance, { accountId: "1", ...post }, async (client) => {
        const { rows } = await client.query(PAY, [post.cents]);
        post.mayDie();
        return { status: 201, body: { payment: rows[0].id } };
      }),
    );
  },
  async unprotected({ pool, another }) {
    await pool.query("CREATE TABLE answers (key text, body jsonb)");
    const looked = barrier(CLICKS);
    return attacked(pool, [another({ max: 4 }), another({ max: 4 })], async (instance, post) => {
      const known = await instance.query("SELECT body FROM answers WHERE key = $1", [post.key]);
      if (post.key === "clicked") await looked();
      if (known.rows[0]) return { status: 201, body: known.rows[0].body };
      const { rows } = await instance.query(PAY, [post.cents]);
      post.mayDie();
      const body = { payment: rows[0].id };
      await instance.query("INSERT INTO answers VALUES ($1, $2)", [post.key, body]);
      return { status: 201, body };
    });
  },
};

/** A process that dies half way, an answer that is lost, a key clicked six times, one reused. */
async function attacked(pool: Pool, instances: Pool[], handle: Handle): Promise<Outcome> {
  await pool.query("CREATE TABLE payments (id bigserial PRIMARY KEY, cents int NOT NULL)");
  const faults: Record<string, string[]> = { died: ["dies"], lost: ["answer is lost"] };
  const services = await Promise.all(
    instances.map(async (instance) => {
      const server = createServer(async (request, response) => {
        const key = String(request.headers["idempotency-key"]);
        const content = (await request.toArray()).join("");
        const fault = faults[key]?.pop();
        const mayDie = () => {
          if (fault === "dies") throw new Error("the process dies");
        };
        const post = { key, content, cents: JSON.parse(content).cents, mayDie };
        const answer = await handle(instance, post).catch(() => undefined);
        if (!answer || fault) return request.socket.destroy();
        response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const post = async (key: string, cents: number, place = 0): Promise<string> => {
    const { port } = services[place % services.length].address() as AddressInfo;
    const options = { method: "POST", headers: { "idempotency-key": key } };
    const body = JSON.stringify({ cents });
    const answer = await fetch(`http://127.0.0.1:${port}/`, { ...options, body });
    return `${answer.status} ${await answer.text()}`;
  };
  // A client that gets no answer cannot know more than that, and posts again.
  const insist = (key: string) => post(key, 100).catch(() => post(key, 100, 1));
  await insist("died");
  const lost = await insist("lost");
  const clicks = Array.from({ length: CLICKS }, (_, place) => post("clicked", 100, place));
  const answers = new Set(await Promise.all(clicks));
  const reused = await post("lost", 999);
  services.forEach((service) => service.closeAllConnections());
  await Promise.all(services.map((s) => new Promise((resolve) => s.close(resolve))));
  const { rows } = await pool.query("SELECT count(*)::int AS n FROM payments");
  return {
    held: rows[0].n === 3 && answers.size === 1 && lost !== reused && reused.startsWith("422"),
    seen:
      `3 payments meant, ${rows[0].n} made; ${answers.size} different answers to one key;` +
      ` a key reused for another amount: ${reused.slice(0, 3)}`,
  };
}
