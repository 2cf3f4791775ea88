import { Password } from "@convex-dev/auth/providers/Password";

import type { DataModel } from "../_generated/dataModel";
import { checkedName } from "./people";
import { refuse } from "./refusal";

const SHORTEST = 8;
const LONGEST = 128;
const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@]{2,60}$/;

export const password = Password<DataModel>({
  profile: (params) => ({
    email: checkedAddress(params.email),
    name: params.flow === "signUp" ? checkedName(String(params.name ?? "")) : "",
    anonymous: false,
  }),
  validatePasswordRequirements: checkPassword,
});

export function checkedAddress(email: unknown): string {
  const address = String(email).trim().toLowerCase();
  return ADDRESS.test(address) ? address : refuse("Please enter a valid e-mail address.");
}

/** Length is what counts (NIST SP 800-63B); the upper bound keeps hashing cheap. */
export function checkPassword(given: string): void {
  if (typeof given !== "string" || given.length < SHORTEST || given.length > LONGEST) {
    refuse(`A password has ${SHORTEST} to ${LONGEST} characters.`);
  }
}
