import { useIsFocused } from "expo-router";
import { useEffect, useEffectEvent } from "react";

import { useActive } from "@/lib/active";
import type { InConversation } from "@/lib/chat/parts";
import { useMarkRead } from "@/lib/data/chat";
import type { Message } from "@/lib/data/types";
import { report } from "@/lib/monitoring";

/** Tells the server how far was read, only while somebody can see it. */
export function MarkRead({
  conversation,
  newest,
}: InConversation & { newest: Message | undefined }) {
  const markRead = useMarkRead(conversation.id);
  const focused = useIsFocused();
  const active = useActive();
  const mark = useEffectEvent((last: Message) => {
    markRead(last).catch((error: unknown) => report(error, "mark read"));
  });
  const seen = focused && active && conversation.unread > 0 && newest?.state === "sent";
  useEffect(() => {
    if (seen) mark(newest);
    // The message itself may be a new object at each change of the list.
  }, [seen, newest?.id]);
  return null;
}
