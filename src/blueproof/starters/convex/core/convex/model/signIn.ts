import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { adopt, onNewUser } from "../hooks";
import { byProvenEmail, NAME_LENGTH } from "./people";

type SignIn = {
  existingUserId: Id<"users"> | null;
  profile: Record<string, unknown>;
};

/**
 * The person that a sign-in belongs to: the one who has the account, else the one whose address is
 * proven to be the same, else the one whom a feature names, else a new one.
 *
 * An address that nobody proved never leads to a person who is there already: whoever signs up with
 * somebody else's address must not be joined with them when they come.
 */
export async function saveUser(ctx: MutationCtx, signIn: SignIn): Promise<Id<"users">> {
  if (signIn.existingUserId !== null) return signIn.existingUserId;
  const facts = factsOf(signIn.profile);
  if (facts.email !== undefined && facts.emailVerificationTime !== undefined) {
    const proven = await byProvenEmail(ctx, facts.email);
    if (proven !== null) return proven._id;
  }
  const userId = await created(ctx, facts);
  await onNewUser(ctx, userId);
  return userId;
}

type Facts = ReturnType<typeof factsOf>;

async function created(ctx: MutationCtx, facts: Facts): Promise<Id<"users">> {
  const adopted = facts.anonymous ? null : await adopt(ctx);
  if (adopted === null) return await ctx.db.insert("users", facts);
  await ctx.db.patch(adopted, facts);
  return adopted;
}

function factsOf(profile: Record<string, unknown>) {
  const email = text(profile.email)?.toLowerCase();
  const name = text(profile.name)?.slice(0, NAME_LENGTH);
  return {
    name: name ?? "New person",
    image: text(profile.image),
    email,
    emailVerificationTime:
      email !== undefined && profile.emailVerified === true ? Date.now() : undefined,
    anonymous: profile.anonymous === true,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
