import { useQuery } from "convex/react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";

const NONE: Record<string, number> = {};

export function useReadUpTo(id: string): Record<string, number> {
  return useQuery(api.receipts.list, { conversationId: id as Id<"conversations"> }) ?? NONE;
}
