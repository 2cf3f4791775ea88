import { useRouter } from "expo-router";

import { Row } from "@/components/Row";
import type { InConversation } from "@/lib/chat/parts";

export function MembersRow({ conversation: { id, group } }: InConversation) {
  const router = useRouter();
  if (!group) return null;
  const open = () => router.push({ pathname: "/group/[id]", params: { id } });
  return <Row title="Members" note="Add, remove, or leave" onPress={open} />;
}
