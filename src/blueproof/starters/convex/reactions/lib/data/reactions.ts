import { useMutation, useQuery } from "convex/react";
import { useCallback } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { told } from "@/lib/data/telling";
import type { Message } from "@/lib/data/types";
import { useKept, useNewest } from "@/lib/data/useNewest";

type Reaction = { emoji: string; count: number; mine: boolean };

const NONE: Record<string, Reaction[]> = {};

export function useReact(): (message: Message, emoji: string) => Promise<void> {
  const react = useMutation(api.reactions.react);
  return useCallback(
    async (message, emoji) => {
      await told(react({ messageId: message.id as Id<"messages">, emoji }));
    },
    [react],
  );
}

export function useReactions(id: string): Record<string, Reaction[]> {
  const newest = useNewest(id);
  const conversationId = id as Id<"conversations">;
  return useKept<Record<string, Reaction[]>>(
    useQuery(api.reactions.list, { conversationId, newest }),
    NONE,
  );
}
