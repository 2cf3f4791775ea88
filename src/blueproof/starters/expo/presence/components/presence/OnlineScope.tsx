import { createContext, useContext, useMemo, type ReactNode } from "react";

import type { InConversation, InInbox } from "@/lib/chat/parts";
import { useOnline } from "@/lib/data/presence";
import type { Conversation, Person } from "@/lib/data/types";
import { useMe } from "@/lib/me";

const Online = createContext<Record<string, boolean>>({});

export function InboxOnlineScope({ conversations, children }: InInbox & { children: ReactNode }) {
  return <OnlineOf conversations={conversations}>{children}</OnlineOf>;
}

export function OnlineScope({ conversation, children }: InConversation & { children: ReactNode }) {
  const conversations = useMemo(() => [conversation], [conversation]);
  return <OnlineOf conversations={conversations}>{children}</OnlineOf>;
}

/** Asks once for everybody on the screen. */
function OnlineOf({
  conversations,
  children,
}: {
  conversations: Conversation[];
  children: ReactNode;
}) {
  const me = useMe();
  const ids = useMemo(
    () => [...new Set(conversations.flatMap((each) => otherOf(each, me.id)?.id ?? []))].sort(),
    [conversations, me.id],
  );
  return <Online.Provider value={useOnline(ids)}>{children}</Online.Provider>;
}

/** Whether the other person of a direct conversation is there; false for groups. */
export function useOtherOnline(conversation: Conversation): boolean {
  const me = useMe();
  const online = useContext(Online);
  const other = otherOf(conversation, me.id);
  return other !== undefined && online[other.id] === true;
}

function otherOf({ group, people }: Conversation, me: string): Person | undefined {
  return group ? undefined : people.find((person) => person.id !== me);
}
