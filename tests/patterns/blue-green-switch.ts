import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Switch } from "./switch.ts";
import { barrier, type Outcome, type Trial } from "./trial.ts";

// Requests that take long are open at blue while green takes over; a first green is not ready yet.
const SLOW = 5;
const QUICK = 20;

interface Version {
  server: Server;
  url: URL;
  ready: boolean;
  arrived: () => Promise<void>;
  go: () => Promise<void>;
}

export const trial: Trial = {
  async protected() {
    const [blue, green] = [await version("blue"), await version("green")];
    const proxy = new Switch(blue.url);
    const front = await listening(proxy.server);
    green.ready = false;
    const tooEarly = await proxy.to(green.url).then(() => false, () => true);
    const slow = await opened(front, tooEarly ? blue : green);
    const early = await burst(front);
    green.ready = true;
    const drained = proxy.to(green.url);
    let waits = true;
    void drained.then(() => (waits = false));
    const late: string[] = [];
    while (!late.includes("200 green")) late.push(await ask(front, "/quick"));
    late.push(...(await burst(front)));
    const waited = waits;
    await (tooEarly ? blue : green).go(); // only now it gets on with its work
    const done = (await drained) && waited;
    stop(blue.server);
    const after = await burst(front);
    const answers = [...(await Promise.all(slow)), ...early, ...late, ...after];
    await Promise.all([green.server, proxy.server].map(stop));
    return outcome(answers, SLOW, tooEarly && done && after.every((each) => each === "200 green"));
  },
  async unprotected() {
    const [blue, green] = [await version("blue"), await version("green")];
    let target = blue;
    const proxy = createServer((incoming, answer) => {
      const passed = request(new URL(incoming.url ?? "/", target.url), (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      passed.on("error", () => answer.writeHead(502).end());
      incoming.pipe(passed);
    });
    const front = await listening(proxy);
    green.ready = false; // its process runs, and has no connection to its database yet
    const slow = await opened(front, blue);
    const early = await burst(front);
    target = green; // the deployment starts green, moves the address and stops blue
    stop(blue.server);
    const late = await burst(front);
    green.ready = true;
    const after = await burst(front);
    await blue.go();
    const answers = [...(await Promise.all(slow)), ...early, ...late, ...after];
    stop(green.server);
    stop(proxy);
    return outcome(answers, SLOW, true);
  },
};

async function version(name: string): Promise<Version> {
  const [arrived, go] = [barrier(SLOW + 1), barrier(SLOW + 1)];
  const server = createServer(async (incoming, answer) => {
    if (incoming.url === "/slow") {
      void arrived();
      await go();
    }
    answer.writeHead(made.ready ? 200 : 503).end(name);
  });
  const url = new URL(await listening(server));
  const made: Version = { server, url, ready: true, arrived, go };
  return made;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** As SIGKILL does: nothing that was open gets its answer. */
function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** Slow requests that have arrived at the version and wait there. */
async function opened(front: string, at: Version): Promise<Promise<string>[]> {
  const asked = Array.from({ length: SLOW }, () => ask(front, "/slow"));
  await at.arrived();
  return asked;
}

function burst(front: string): Promise<string[]> {
  return Promise.all(Array.from({ length: QUICK }, () => ask(front, "/quick")));
}

async function ask(front: string, path: string): Promise<string> {
  try {
    const answer = await fetch(new URL(path, front), { headers: { connection: "close" } });
    return `${answer.status} ${await answer.text()}`;
  } catch {
    return "cut";
  }
}

/** Every request was answered well, and those that were open by the version that took them. */
function outcome(answers: string[], slow: number, orderly: boolean): Outcome {
  const failed = answers.filter((each) => !each.startsWith("200 "));
  const cut = answers.slice(0, slow).filter((each) => each !== "200 blue").length;
  return {
    held: failed.length === 0 && cut === 0 && orderly,
    seen: `${answers.length} requests over a switch: ${failed.length} failed, ${cut} of them open`,
  };
}
