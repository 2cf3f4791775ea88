import type { Timestamp, Transaction } from "firebase-admin/firestore";
import type { defineSecret } from "firebase-functions/params";

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

export type Message = {
  author: string;
  text: string;
  at: Timestamp;
  slot?: string;
  deleted?: boolean;
};

export type Sent = {
  conversationId: string;
  messageId: string;
  conversation: Conversation;
  message: Message;
};

/** Runs again if it or one after it fails. */
export type AfterMessage = (sent: Sent) => Promise<void>;
export type AfterDeletion = (conversationId: string, messageId: string) => Promise<void>;
/** Writes in the transaction that has counted what a person has read. */
export type AfterRead = (
  transaction: Transaction,
  read: { uid: string; conversationId: string; at: Timestamp },
) => void;
/** Runs when that transaction is through; again if it or one after it fails. */
export type AfterReading = (uid: string, conversationId: string) => Promise<void>;
/** A secret that something in `afterMessage` needs. */
export type Secret = ReturnType<typeof defineSecret>;
