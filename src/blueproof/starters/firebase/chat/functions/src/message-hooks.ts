import type { Timestamp } from "firebase-admin/firestore";

export type Conversation = {
  kind: "direct" | "group";
  title: string;
  memberIds: string[];
  preview: string;
  previewOf?: string;
  previewAuthor?: string;
  total: number;
  at: Timestamp;
};

export type Message = { author: string; text: string; at: Timestamp; slot?: string; deleted?: boolean };

export type Sent = {
  conversationId: string;
  messageId: string;
  conversation: Conversation;
  message: Message;
  /** False when the trigger runs again for a message that was counted before. */
  first: boolean;
};

export type AfterMessage = (sent: Sent) => Promise<void>;
