import { useIsFocused } from "expo-router";
import { useEffect, useEffectEvent } from "react";

import { useActive } from "@/lib/active";
import type { InConversation } from "@/lib/chat/parts";
import { useTellOpen } from "@/lib/data/push";
import { report } from "@/lib/monitoring";
import { setOpen } from "@/lib/push/open";

/** Says which conversation is in front, here and to the server: it sends no notification for it. */
export function TellOpen({ conversation: { id } }: InConversation) {
  const tellOpen = useTellOpen();
  const focused = useIsFocused();
  const active = useActive();
  const tell = useEffectEvent((open: string | null) => {
    setOpen(open);
    tellOpen(open).catch((error: unknown) => report(error, "tell open"));
  });
  useEffect(() => {
    if (!focused || !active) return;
    tell(id);
    return () => tell(null);
  }, [id, focused, active]);
  return null;
}
