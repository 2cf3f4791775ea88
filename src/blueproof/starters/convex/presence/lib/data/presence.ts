import { useMutation, useQuery } from "convex/react";
import { useCallback, useEffect, useRef } from "react";
import { AppState } from "react-native";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { report } from "@/lib/monitoring";

const TOLD_EVERY = 3000;
const BEAT_EVERY = 30_000;
const NOBODY: Record<string, boolean> = {};

export function useTyping(id: string): { names: string[]; type: () => void } {
  const conversationId = id as Id<"conversations">;
  const names = useQuery(api.presence.typing, { conversationId }) ?? [];
  const tell = useMutation(api.presence.type);
  const told = useRef(0);
  const type = useCallback(() => {
    if (Date.now() - told.current < TOLD_EVERY) return;
    told.current = Date.now();
    tell({ conversationId }).catch((error) => report(error, "typing"));
  }, [tell, conversationId]);
  return { names, type };
}

export function useOnline(ids: string[]): Record<string, boolean> {
  useBeat();
  return useQuery(api.presence.online, { people: ids as Id<"users">[] }) ?? NOBODY;
}

/** Tells the others that this app is open, while it is in the foreground. */
function useBeat(): void {
  const beat = useMutation(api.presence.beat);
  useEffect(() => {
    const tell = () => {
      if (AppState.currentState === "active") beat({}).catch((error) => report(error, "presence"));
    };
    tell();
    const timer = setInterval(tell, BEAT_EVERY);
    return () => clearInterval(timer);
  }, [beat]);
}
