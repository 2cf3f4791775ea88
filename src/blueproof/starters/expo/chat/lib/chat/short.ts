import type { Page } from "@/lib/data/types";

/** About as many as fill a screen: fewer cannot be scrolled, and so never ask for more. */
const ENOUGH = 12;

/** Whether what is loaded fills no screen although there is more: a page may be read and not shown. */
export function isShort({ items, loading, more }: Page<unknown>): boolean {
  return more && !loading && items.length < ENOUGH;
}
