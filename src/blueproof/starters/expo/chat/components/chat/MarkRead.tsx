import { useIsFocused } from "expo-router";
import { useEffect } from "react";

import type { InConversation } from "@/lib/chat/parts";
import { useMarkRead } from "@/lib/data/chat";
import type { Message } from "@/lib/data/types";
import { useActive } from "@/lib/active";
import { report } from "@/lib/monitoring";

/** Tells the server how far was read, only while somebody can see it. */
export function MarkRead({ conversation, newest }: InConversation & { newest: Message | undefined }) {
  const markRead = useMarkRead(conversation.id);
  const focused = useIsFocused();
  const active = useActive();
  const seen = focused && active && newest?.state === "sent" && conversation.unread > 0;
  useEffect(() => {
    if (seen) markRead(newest).catch((error: unknown) => report(error, "mark read"));
    // Once for each newest message that is seen, not at each change of a function.
  }, [seen, newest?.id]);
  return null;
}
