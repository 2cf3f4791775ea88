import { useReceipts } from "@/components/receipts/ReceiptsScope";
import { Words } from "@/components/Words";
import type { OnMessage } from "@/lib/chat/parts";
import { useMe } from "@/lib/me";
import { readers, readLabel } from "@/lib/receipts/readers";

/** Beneath one's own newest message: whether it was read. */
export function ReadBy({ conversation, message, latestOwn }: OnMessage) {
  const me = useMe();
  const upTo = useReceipts();
  if (!latestOwn || message.at === null) return null;
  const label = readLabel(readers(conversation, me.id, upTo, message.at), conversation.group);
  return label ? <Words kind="note">{label}</Words> : null;
}
