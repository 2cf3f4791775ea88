import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RetryBudget, TransientError, withRetries } from "./retries.ts";
import { sleep, type Outcome, type Trial } from "./trial.ts";

const REQUESTS = 300;
const HEALTHY = 50; // requests before the trouble, one of which meets a hiccup
const ATTEMPTS = 4;

type Retrying = (call: () => Promise<void>) => Promise<void>;

export const trial: Trial = {
  async protected() {
    const budget = new RetryBudget();
    return outage((call) =>
      withRetries(budget, call, { attempts: ATTEMPTS, baseMilliseconds: 2 }),
    );
  },
  async unprotected() {
    return outage(async (call) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await call();
        } catch (error) {
          if (attempt >= ATTEMPTS) throw error;
          await sleep(2 ** (attempt - 1)); // exponential backoff, as everybody has it
        }
      }
    });
  },
};

/** A service that answers, once does not, and then fails for all: how often is it called? */
async function outage(retrying: Retrying): Promise<Outcome> {
  let calls = 0;
  let failing = (_call: number) => false;
  const server = createServer((_, response) => {
    calls += 1;
    response.statusCode = failing(calls) ? 503 : 200;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const request = () =>
    retrying(async () => {
      const answer = await fetch(url);
      await answer.arrayBuffer();
      if (answer.status === 503) throw new TransientError("503");
    }).then(() => true, () => false);
  let hiccups = 0;
  failing = (call) => call === HEALTHY / 2;
  for (let n = 0; n < HEALTHY; n += 1) if (!(await request())) hiccups += 1;
  failing = () => true;
  for (let batch = 0; batch < 6; batch += 1) {
    await Promise.all(Array.from({ length: REQUESTS / 6 }, request));
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return {
    held: calls <= 1.1 * (HEALTHY + REQUESTS) && hiccups === 0,
    seen:
      `${HEALTHY + REQUESTS} requests, the last ${REQUESTS} in an outage, became ${calls} calls` +
      ` (x${(calls / (HEALTHY + REQUESTS)).toFixed(2)}); ${hiccups} failed by a hiccup before it`,
  };
}
