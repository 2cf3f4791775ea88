import { createContext, useContext, type ReactNode } from "react";

import type { InConversation } from "@/lib/chat/parts";
import { useReadUpTo } from "@/lib/data/receipts";

const ReadUpTo = createContext<Record<string, number>>({});

/** Asks once for the whole conversation how far each person has read. */
export function ReceiptsScope({
  conversation,
  children,
}: InConversation & { children: ReactNode }) {
  return <ReadUpTo.Provider value={useReadUpTo(conversation.id)}>{children}</ReadUpTo.Provider>;
}

export const useReceipts = () => useContext(ReadUpTo);
