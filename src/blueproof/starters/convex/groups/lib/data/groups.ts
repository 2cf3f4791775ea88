import { useMutation } from "convex/react";
import { useCallback } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { told } from "@/lib/data/telling";

export function useCreateGroup(): (title: string, people: string[]) => Promise<string> {
  const create = useMutation(api.groups.create);
  return useCallback(
    (title, people) => told(create({ title, people: people as Id<"users">[] })),
    [create],
  );
}

export function useAdd(id: string): (personId: string) => Promise<void> {
  const add = useMutation(api.groups.add);
  return useCallback(
    async (personId) => {
      await told(
        add({ conversationId: id as Id<"conversations">, personId: personId as Id<"users"> }),
      );
    },
    [add, id],
  );
}

export function useRemove(id: string): (personId: string) => Promise<void> {
  const remove = useMutation(api.groups.remove);
  return useCallback(
    async (personId) => {
      await told(
        remove({ conversationId: id as Id<"conversations">, personId: personId as Id<"users"> }),
      );
    },
    [remove, id],
  );
}

export function useLeave(id: string): () => Promise<void> {
  const leave = useMutation(api.groups.leave);
  return useCallback(async () => {
    await told(leave({ conversationId: id as Id<"conversations"> }));
  }, [leave, id]);
}
