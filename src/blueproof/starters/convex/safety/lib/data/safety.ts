import { useMutation, useQuery } from "convex/react";
import { useCallback } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { told } from "@/lib/data/telling";
import type { Message, Person } from "@/lib/data/types";

const NOBODY: Person[] = [];

export function useBlock(): (personId: string) => Promise<void> {
  const block = useMutation(api.safety.block);
  return useCallback(
    async (personId) => {
      await told(block({ personId: personId as Id<"users"> }));
    },
    [block],
  );
}

export function useUnblock(): (personId: string) => Promise<void> {
  const unblock = useMutation(api.safety.unblock);
  return useCallback(
    async (personId) => {
      await told(unblock({ personId: personId as Id<"users"> }));
    },
    [unblock],
  );
}

export function useBlocked(): Person[] {
  return useQuery(api.safety.blocked, {}) ?? NOBODY;
}

export function useReport(): (message: Message, reason: string) => Promise<void> {
  const report = useMutation(api.safety.report);
  return useCallback(
    async (message, reason) => {
      await told(report({ messageId: message.id as Id<"messages">, reason }));
    },
    [report],
  );
}
