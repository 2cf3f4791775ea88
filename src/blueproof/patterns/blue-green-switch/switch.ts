import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** One running version of the service, with the requests that it has not answered yet. */
interface Upstream {
  url: URL;
  agent: Agent;
  open: Set<ServerResponse>;
}

/** A proxy that hands all requests to one version, and moves to another without losing any. */
export class Switch {
  readonly server: Server;
  #active: Upstream;

  constructor(first: URL) {
    this.#active = upstream(first);
    this.server = createServer((incoming, answer) => forward(this.#active, incoming, answer));
  }

  /**
   * Move new requests to `next` once it says that it is ready; resolves when the version before has
   * answered what it took, so that it can be stopped. False: some were open after `patience`.
   */
  async to(next: URL, { ready = "/ready", patienceMilliseconds = 30_000 } = {}): Promise<boolean> {
    const health = await fetch(new URL(ready, next), { signal: AbortSignal.timeout(2_000) });
    await health.arrayBuffer();
    if (!health.ok) throw new Error(`${next} is not ready: ${health.status}`);
    const old = this.#active;
    this.#active = upstream(next); // between two requests: each one is wholly at one version
    const drained = Promise.all([...old.open].map((answer) => once(answer, "close")));
    const done = await Promise.race([
      drained.then(() => true),
      pause(patienceMilliseconds, false, { ref: false }),
    ]);
    old.agent.destroy();
    return done;
  }
}

function upstream(url: URL): Upstream {
  return { url, agent: new Agent({ keepAlive: true }), open: new Set() };
}

function forward(to: Upstream, incoming: IncomingMessage, answer: ServerResponse): void {
  to.open.add(answer);
  answer.on("close", () => to.open.delete(answer));
  const { method, headers, url = "/" } = incoming;
  const passed = request(new URL(url, to.url), { method, headers, agent: to.agent });
  passed.on("response", (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
    response.on("error", () => answer.destroy()); // cut half way: the caller must notice
  });
  passed.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  answer.on("close", () => passed.destroy()); // who has gone needs no answer
  incoming.pipe(passed);
}
