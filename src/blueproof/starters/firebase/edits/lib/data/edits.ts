import { serverTimestamp, updateDoc } from "firebase/firestore";

import { messageOf } from "./conversations";
import { speaking } from "./failure";
import type { Message } from "./types";

const edit = speaking((message: Message, text: string) =>
  updateDoc(messageOf(message), { text: text.trim(), editedAt: serverTimestamp() }),
);

const erase = speaking((message: Message) =>
  updateDoc(messageOf(message), { text: "", deleted: true }),
);

export const useEdit = (): ((message: Message, text: string) => Promise<void>) => edit;
export const useDelete = (): ((message: Message) => Promise<void>) => erase;
