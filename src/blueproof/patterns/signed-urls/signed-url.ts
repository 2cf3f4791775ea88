import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * A link to `path` that holds for one method and a while. `key` is of 32 random bytes; whoever has
 * the link may use it, so keep the time short.
 */
export function signUrl(
  key: Buffer,
  link: { method: string; path: string; seconds: number },
  now = Date.now(),
): string {
  const expires = Math.floor(now / 1000) + link.seconds;
  const url = new URL(link.path, "http://host");
  url.searchParams.set("expires", String(expires));
  url.searchParams.set("signature", signature(key, link.method, url).toString("base64url"));
  return url.pathname + url.search;
}

/** Whether a request's method and URL are those of a link that was signed and has not expired. */
export function verifyUrl(key: Buffer, method: string, target: string, now = Date.now()): boolean {
  if (!URL.canParse(target, "http://host")) return false;
  const url = new URL(target, "http://host");
  if (url.host !== "host") return false;
  const { searchParams: query } = url;
  // Twice the same name could mean one thing here and another to whoever serves the file.
  if (new Set(query.keys()).size !== query.size) return false;
  const given = Buffer.from(query.get("signature") ?? "", "base64url");
  query.delete("signature");
  const right = signature(key, method, url);
  // Compared in constant time: how long it takes must not tell how many bytes were right.
  if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
  return Number(query.get("expires")) > now / 1000;
}

/** Over everything that decides what the link does; as JSON no part can run into the next. */
function signature(key: Buffer, method: string, url: URL): Buffer {
  const parts = [method.toUpperCase(), url.pathname, url.search];
  return createHmac("sha256", key).update(JSON.stringify(parts)).digest();
}
