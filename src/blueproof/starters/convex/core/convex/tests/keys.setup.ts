/** A key for this run, as a deployment has one, so that sessions can be signed. */
export async function signingKey(): Promise<void> {
  const kind = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, hash: "SHA-256" };
  const exponent = new Uint8Array([1, 0, 1]);
  const pair = await crypto.subtle.generateKey({ ...kind, publicExponent: exponent }, true, [
    "sign",
    "verify",
  ]);
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const lines = btoa(String.fromCharCode(...bytes)).replace(/(.{64})/g, "$1\n");
  process.env.JWT_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----`;
  process.env.CONVEX_SITE_URL = "https://example.convex.site";
  process.env.SITE_URL = "app://";
  process.env.AUTH_LOG_LEVEL = "ERROR";
}

/** What a client learns of itself from the token that a sign-in gave it. */
export function subjectOf(token: string | undefined): string {
  if (token === undefined) throw new Error("There is no token.");
  const payload = token.split(".")[1] ?? "";
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).sub;
}
