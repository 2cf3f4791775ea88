import { useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { useCallback, useMemo } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { pageOf } from "@/lib/data/paging";
import { told } from "@/lib/data/telling";
import type { Page } from "@/lib/data/types";

const REPORTS = 30;

type Report = { id: string; text: string; reason: string; at: number };

export function useRole(): "member" | "moderator" | "admin" {
  return useQuery(api.roles.mine, {}) ?? "member";
}

export function useReports(): Page<Report> {
  const found = usePaginatedQuery(api.roles.reports, {}, { initialNumItems: REPORTS });
  return useMemo(() => pageOf(found, REPORTS, (report) => report), [found]);
}

export function useResolve(): (reportId: string, remove: boolean) => Promise<void> {
  const resolve = useMutation(api.roles.resolve);
  return useCallback(
    async (reportId, remove) => {
      await told(resolve({ reportId: reportId as Id<"reports">, remove }));
    },
    [resolve],
  );
}
