import { v, type Infer } from "convex/values";

import type { Doc, Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { refuse } from "./refusal";

export const NAME_LENGTH = 60;

export const personValidator = v.object({
  id: v.string(),
  name: v.string(),
  photo: v.union(v.string(), v.null()),
});
export type Person = Infer<typeof personValidator>;

/** What others see of a person; never the address. */
export function person(user: Doc<"users">): Person {
  return { id: user._id, name: user.name, photo: user.image ?? null };
}

/** A person who is there; null for one who was erased, or is about to be. */
export async function userOf(ctx: QueryCtx, id: Id<"users">): Promise<Doc<"users"> | null> {
  const user = await ctx.db.get(id);
  return user?.erasing ? null : user;
}

export async function personOf(ctx: QueryCtx, id: Id<"users">): Promise<Person> {
  const user = await userOf(ctx, id);
  return user === null ? { id, name: "Deleted account", photo: null } : person(user);
}

/** The person who proved that an address is theirs. */
export async function byProvenEmail(ctx: QueryCtx, email: string): Promise<Doc<"users"> | null> {
  return await ctx.db
    .query("users")
    .withIndex("email", (q) => q.eq("email", email).gt("emailVerificationTime", 0))
    .first();
}

export function checkedName(name: string): string {
  const checked = name.replace(/\s+/g, " ").trim();
  if (checked === "") refuse("Please enter a name.");
  if (checked.length > NAME_LENGTH) refuse(`A name has at most ${NAME_LENGTH} characters.`);
  return checked;
}
