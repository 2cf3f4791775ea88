import { createContext, useContext, type ReactNode } from "react";

import type { InConversation } from "@/lib/chat/parts";
import { useAttachments, type Attachment } from "@/lib/data/attachments";

const Attachments = createContext<Record<string, Attachment>>({});

/** The attachments of the whole conversation, asked for once. */
export function AttachmentsScope({
  conversation,
  children,
}: InConversation & { children: ReactNode }) {
  return (
    <Attachments.Provider value={useAttachments(conversation.id)}>{children}</Attachments.Provider>
  );
}

export function useAttachment(messageId: string): Attachment | undefined {
  return useContext(Attachments)[messageId];
}
