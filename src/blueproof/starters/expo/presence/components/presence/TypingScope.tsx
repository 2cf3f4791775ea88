import { createContext, useContext, useMemo, type ReactNode } from "react";

import type { InConversation } from "@/lib/chat/parts";
import { useTyping } from "@/lib/data/presence";

type Typing = ReturnType<typeof useTyping>;

const Context = createContext<Typing>({ names: [], type: () => undefined });

/** Who is typing, asked once for the whole conversation. */
export function TypingScope({ conversation, children }: InConversation & { children: ReactNode }) {
  const { names, type } = useTyping(conversation.id);
  const typing = useMemo(() => ({ names, type }), [names, type]);
  return <Context.Provider value={typing}>{children}</Context.Provider>;
}

export const useTypingNames = () => useContext(Context).names;
export const useTellTyping = () => useContext(Context).type;
