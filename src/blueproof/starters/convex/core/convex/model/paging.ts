import type { PaginationOptions } from "convex/server";

/** The largest page that a client is read, whatever it asks for: a client that was changed may ask for all. */
const LARGEST_PAGE = 400;

export function bounded(asked: PaginationOptions): PaginationOptions {
  return { ...asked, numItems: Math.min(asked.numItems, LARGEST_PAGE) };
}
