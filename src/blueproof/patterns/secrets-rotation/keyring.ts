import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Keys by id, as the secret store has them: `sign` names the one that signs, all of them verify.
 * Rotate in three steps, each at all instances before the next: add the new key; let it sign;
 * remove the old one when the longest-lived token that it signed has expired.
 */
export interface Keyring {
  sign: string;
  keys: Record<string, string>;
}

/** A token of these claims; `seconds` is how long it is valid. */
export function signToken(
  ring: Keyring,
  claims: Record<string, unknown>,
  seconds: number,
  now = Date.now(),
): string {
  const expires = Math.floor(now / 1000) + seconds;
  const body = Buffer.from(JSON.stringify({ ...claims, exp: expires })).toString("base64url");
  const signed = `${ring.sign}.${body}`; // the id is signed too
  return `${signed}.${mac(ring.keys[ring.sign], signed).toString("base64url")}`;
}

/** The token's claims; undefined where the token is forged, expired or of a key that is gone. */
export function verifyToken(
  ring: Keyring,
  token: string,
  now = Date.now(),
): Record<string, unknown> | undefined {
  const [id, body, signature, ...more] = token.split(".");
  // Only an own key: "constructor" and the like are names, not keys.
  if (more.length > 0 || !signature || !Object.hasOwn(ring.keys, id)) return undefined;
  const given = Buffer.from(signature, "base64url");
  const right = mac(ring.keys[id], `${id}.${body}`);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  return claims.exp > now / 1000 ? claims : undefined;
}

function mac(key: string, text: string): Buffer {
  return createHmac("sha256", Buffer.from(key, "base64")).update(text).digest();
}
