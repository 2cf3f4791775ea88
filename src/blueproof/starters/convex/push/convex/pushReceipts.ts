import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";

import { internal } from "./_generated/api";
import {
  internalAction,
  internalMutation,
  internalQuery,
  type ActionCtx,
} from "./_generated/server";
import { askExpo, tokenRow } from "./model/push";

const MINUTE = 60_000;
/** Expo has a receipt after about a quarter of an hour and keeps it for a day. */
const READY = 15 * MINUTE;
const KEPT = 24 * 60 * MINUTE;
const AT_ONCE = 300;
/** After so many another run goes on, as an action may not take for ever. */
const ROUNDS = 5;

type Due = { page: { ticket: string }[]; isDone: boolean; continueCursor: string };
type Receipt = { status?: string; message?: string; details?: { error?: string } };

/** Reads the receipts that are due: only they tell whether a phone was reached. */
export const readAll = internalAction({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const first = { before: Date.now() - READY, cursor: null };
    await ctx.runAction(internal.pushReceipts.goOn, first);
    return null;
  },
});

/** From a cursor on; `before` stays what it was, as a cursor belongs to one query. */
export const goOn = internalAction({
  args: { before: v.number(), cursor: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { before, cursor }) => {
    for (let round = 0; round < ROUNDS; round++) {
      const due: Due = await ctx.runQuery(internal.pushReceipts.due, {
        before,
        paginationOpts: { numItems: AT_ONCE, cursor },
      });
      if (
        due.page.length > 0 &&
        !(await readSome(
          ctx,
          due.page.map(({ ticket }) => ticket),
        ))
      )
        return null;
      if (due.isDone) return null;
      cursor = due.continueCursor;
    }
    await ctx.scheduler.runAfter(0, internal.pushReceipts.goOn, { before, cursor });
    return null;
  },
});

/** False if Expo is out: the next run reads the same ones. */
async function readSome(ctx: ActionCtx, tickets: string[]): Promise<boolean> {
  const answer = (await askExpo("getReceipts", { ids: tickets })) as {
    data?: Record<string, Receipt>;
  } | null;
  if (answer === null) return false;
  const receipts = tickets.map((ticket) => outcome(ticket, answer.data?.[ticket]));
  await ctx.runMutation(internal.pushReceipts.settle, { receipts });
  return true;
}

function outcome(ticket: string, receipt: Receipt | undefined) {
  const error = receipt?.details?.error;
  if (receipt?.status === "error")
    console.warn("A push message did not arrive.", error ?? receipt.message);
  return { ticket, settled: receipt !== undefined, gone: error === "DeviceNotRegistered" };
}

export const due = internalQuery({
  args: { before: v.number(), paginationOpts: paginationOptsValidator },
  returns: v.object({
    page: v.array(v.object({ ticket: v.string() })),
    isDone: v.boolean(),
    continueCursor: v.string(),
  }),
  handler: async (ctx, { before, paginationOpts }) => {
    const { page, isDone, continueCursor } = await ctx.db
      .query("pushTickets")
      .withIndex("by_creation_time", (q) => q.lt("_creationTime", before))
      .paginate(paginationOpts);
    return { page: page.map(({ ticket }) => ({ ticket })), isDone, continueCursor };
  },
});

/** Drops tickets that are settled or too old to be, and phones that are gone. */
export const settle = internalMutation({
  args: {
    receipts: v.array(v.object({ ticket: v.string(), settled: v.boolean(), gone: v.boolean() })),
  },
  returns: v.null(),
  handler: async (ctx, { receipts }) => {
    for (const { ticket, settled, gone } of receipts) {
      const row = await ctx.db
        .query("pushTickets")
        .withIndex("by_ticket", (q) => q.eq("ticket", ticket))
        .unique();
      if (row === null) continue;
      const phone = gone ? await tokenRow(ctx, row.token) : null;
      if (phone !== null) await ctx.db.delete(phone._id);
      if (settled || row._creationTime < Date.now() - KEPT) await ctx.db.delete(row._id);
    }
    return null;
  },
});
