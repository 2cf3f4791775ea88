/// <reference types="vite/client" />
import { convexTest } from "convex-test";

import type { Doc, Id } from "../_generated/dataModel";
import schema from "../schema";

const modules = import.meta.glob(["../**/*.*s", "!../tests/**"]);

/** A back end with an empty database that holds functions to the documented limits of a transaction. */
export function backend() {
  return convexTest({ schema, modules, transactionLimits: true });
}

export type Backend = ReturnType<typeof backend>;
export type Somebody = Awaited<ReturnType<typeof arrive>>;

/** Somebody who is signed in, as after a sign-in by any way. */
export async function arrive(t: Backend, name: string, more: Partial<Doc<"users">> = {}) {
  const { userId, sessionId } = await t.run(async (ctx) => {
    const user = await ctx.db.insert("users", { name, anonymous: false, ...more });
    const expirationTime = Date.now() + 60 * 60 * 1000;
    const session = await ctx.db.insert("authSessions", { userId: user, expirationTime });
    return { userId: user, sessionId: session };
  });
  return { id: userId, sessionId, as: t.withIdentity({ subject: `${userId}|${sessionId}` }) };
}

/** Ends somebody's session while their token is still good. */
export async function endSession(t: Backend, sessionId: Id<"authSessions">): Promise<void> {
  await t.run((ctx) => ctx.db.delete(sessionId));
}

export const firstPage = { numItems: 50, cursor: null };
