import type { ReactNode } from "react";

import type { Scope } from "@/lib/places";

/** Puts every scope of a place around the children, the first outermost. */
export function Scopes<P extends object>({
  of,
  given,
  children,
}: {
  of: readonly Scope<P>[];
  given: P;
  children: ReactNode;
}) {
  return of.reduceRight<ReactNode>(
    (inner, Around) => <Around {...given}>{inner}</Around>,
    children,
  );
}
