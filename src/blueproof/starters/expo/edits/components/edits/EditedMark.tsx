import { Words } from "@/components/Words";
import type { OnMessage } from "@/lib/chat/parts";

export function EditedMark({ message }: OnMessage) {
  return message.edited ? <Words kind="note">Edited</Words> : null;
}
