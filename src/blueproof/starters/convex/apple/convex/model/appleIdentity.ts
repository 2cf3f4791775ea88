import { createRemoteJWKSet, errors, jwtVerify } from "jose";

import { IDENTIFIER } from "../settings";
import { refuse } from "./refusal";

const ISSUER = "https://appleid.apple.com";
const keys = createRemoteJWKSet(new URL(`${ISSUER}/auth/keys`));

export type AppleIdentity = { subject: string; email: string | undefined; emailVerified: boolean };

/** Who Apple says this is: signed by Apple, for this app, just now, for the nonce that the app made. */
export async function checkedIdentity(token: string, nonce: string): Promise<AppleIdentity> {
  const payload = await verified(token);
  const { sub, email, email_verified: proven } = payload;
  if (typeof sub !== "string" || payload.nonce !== (await sha256(nonce))) {
    refuse("Apple's answer does not belong to this sign-in.");
  }
  return {
    subject: sub,
    email: typeof email === "string" ? email : undefined,
    // Apple writes the claim as a boolean or as a word.
    emailVerified: proven === true || proven === "true",
  };
}

async function verified(token: string) {
  try {
    const rules = {
      issuer: ISSUER,
      audience: IDENTIFIER,
      algorithms: ["RS256"],
      maxTokenAge: "10 minutes",
    };
    return (await jwtVerify(token, keys, rules)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) refuse("Apple's answer is not valid. Please try again.");
    throw error;
  }
}

/** In hexadecimal, as the app hands it to Apple. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
