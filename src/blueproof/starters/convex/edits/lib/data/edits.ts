import { useMutation } from "convex/react";
import { useCallback } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { told } from "@/lib/data/telling";
import type { Message } from "@/lib/data/types";

export function useEdit(): (message: Message, text: string) => Promise<void> {
  const edit = useMutation(api.edits.edit);
  return useCallback(
    async (message, text) => {
      await told(edit({ messageId: message.id as Id<"messages">, text }));
    },
    [edit],
  );
}

export function useDelete(): (message: Message) => Promise<void> {
  const remove = useMutation(api.edits.remove);
  return useCallback(
    async (message) => {
      await told(remove({ messageId: message.id as Id<"messages"> }));
    },
    [remove],
  );
}
