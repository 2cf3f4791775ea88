import { createContext, useContext, type ReactNode } from "react";

import type { InConversation } from "@/lib/chat/parts";
import { useReactions } from "@/lib/data/reactions";

type Reactions = ReturnType<typeof useReactions>;

const Context = createContext<Reactions>({});

/** The reactions of the whole conversation, asked for once. */
export function ReactionsScope({
  conversation,
  children,
}: InConversation & { children: ReactNode }) {
  return <Context.Provider value={useReactions(conversation.id)}>{children}</Context.Provider>;
}

export function useReactionsOn(messageId: string): Reactions[string] {
  return useContext(Context)[messageId] ?? [];
}
