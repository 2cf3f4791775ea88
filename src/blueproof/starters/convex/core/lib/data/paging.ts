import type { UsePaginatedQueryResult } from "convex/react";

import type { Page } from "@/lib/data/types";

/** What a paginated query has so far, as the screens take it. */
export function pageOf<From, To>(
  found: UsePaginatedQueryResult<From>,
  size: number,
  shown: (item: From) => To,
): Page<To> {
  return {
    items: found.results.map(shown),
    loading: found.isLoading,
    more: found.status === "CanLoadMore",
    loadMore: () => found.loadMore(size),
  };
}
