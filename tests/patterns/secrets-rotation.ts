import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { signToken, verifyToken, type Keyring } from "./keyring.ts";
import type { Outcome, Trial } from "./trial.ts";

// Three instances get each new configuration one after another, as a rolling deployment does. All
// the time users come with tokens that any instance signed before, to any instance.
const INSTANCES = 3;
const HOUR = 3_600;
const START = Date.UTC(2026, 10, 29);
const [OLD, NEW] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];

export const trial: Trial = {
  async protected() {
    const [one, two] = ["2026-10", "2026-11"];
    const steps: Keyring[] = [
      { sign: one, keys: { [one]: OLD } },
      { sign: one, keys: { [one]: OLD, [two]: NEW } },
      { sign: two, keys: { [one]: OLD, [two]: NEW } },
      { sign: two, keys: { [two]: NEW } },
    ];
    return rolled(
      steps,
      (ring, now) => signToken(ring, { user: 1 }, HOUR, now),
      (ring, token, now) => verifyToken(ring, token, now)?.user === 1,
      [tampered, (token) => `constructor${token.slice(token.indexOf("."))}`],
    );
  },
  async unprotected() {
    const signed = (key: string, body: string) =>
      createHmac("sha256", Buffer.from(key, "base64")).update(body).digest();
    return rolled(
      [OLD, NEW], // the secret is replaced in the environment
      (key, now) => {
        const claims = { user: 1, exp: now / 1000 + HOUR };
        const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
        return `${body}.${signed(key, body).toString("base64url")}`;
      },
      (key, token, now) => {
        const [body, signature] = token.split(".");
        const given = Buffer.from(signature, "base64url");
        const right = signed(key, body);
        if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
        return JSON.parse(Buffer.from(body, "base64url").toString()).exp > now / 1000;
      },
      [tampered],
    );
  },
};

/** Roll the configurations over the instances; who is refused though the token is valid? */
async function rolled<T>(
  steps: T[],
  sign: (own: T, now: number) => string,
  verify: (own: T, token: string, now: number) => boolean,
  forgeries: ((token: string) => string)[],
): Promise<Outcome> {
  const instances = Array.from({ length: INSTANCES }, () => steps[0]);
  const tokens: { token: string; until: number }[] = [];
  let now = START;
  let asked = 0;
  let refused = 0;
  const traffic = () => {
    for (const own of instances) tokens.push({ token: sign(own, now), until: now + HOUR * 1000 });
    for (const { token, until } of tokens) {
      if (until <= now) continue;
      for (const own of instances) {
        asked += 1;
        if (!verify(own, token, now)) refused += 1;
      }
    }
  };
  traffic();
  for (const step of steps.slice(1)) {
    for (let n = 0; n < INSTANCES; n += 1) {
      instances[n] = step;
      now += 60_000;
      traffic();
    }
    now += HOUR * 1000 - 60_000; // to wait for the longest-lived token is a step of the rotation
    traffic();
  }
  // The old key was what leaked: nothing that it signs may be taken any more.
  const leaked = sign(steps[0], now);
  const forged = [leaked, ...forgeries.map((forge) => forge(sign(instances[0], now)))];
  const accepted = forged.filter((token) => instances.some((own) => verify(own, token, now)));
  return {
    held: refused === 0 && accepted.length === 0,
    seen:
      `${asked} requests with valid tokens over a rotation: ${refused} refused;` +
      ` ${accepted.length} of ${forged.length} forged tokens taken after it`,
  };
}

function tampered(token: string): string {
  const parts = token.split(".");
  const claims = { user: 1, admin: true, exp: START };
  parts[parts.length - 2] = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return parts.join(".");
}
