import type { Page } from "@/lib/data/types";

export declare function useRole(): "member" | "moderator" | "admin";
export declare function useReports(): Page<{
  id: string;
  text: string;
  reason: string;
  at: number;
}>;
export declare function useResolve(): (reportId: string, remove: boolean) => Promise<void>;
