import { useMutation } from "convex/react";
import { useCallback, useEffect, useState } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { told } from "@/lib/data/telling";
import { report } from "@/lib/monitoring";

const TOLD_EVERY = 60_000;

export function useSaveToken(): (token: string, platform: "ios" | "android") => Promise<void> {
  const save = useMutation(api.push.save);
  return useCallback(
    async (token, platform) => {
      await told(save({ token, platform }));
    },
    [save],
  );
}

export function useForgetToken(): (token: string) => Promise<void> {
  const forget = useMutation(api.push.forget);
  return useCallback(
    async (token) => {
      await told(forget({ token }));
    },
    [forget],
  );
}

/** Tells which conversation is on the screen, and keeps telling: the server forgets it soon. */
export function useTellOpen(): (conversationId: string | null) => Promise<void> {
  const tell = useMutation(api.push.tellOpen);
  const [open, setOpen] = useState<Id<"conversations"> | null>(null);
  useEffect(() => {
    if (open === null) return;
    const again = () => tell({ conversationId: open }).catch((error) => report(error, "push"));
    const timer = setInterval(again, TOLD_EVERY);
    return () => clearInterval(timer);
  }, [open, tell]);
  return useCallback(
    async (conversationId) => {
      const id = conversationId as Id<"conversations"> | null;
      setOpen(id);
      await told(tell({ conversationId: id }));
    },
    [tell],
  );
}
