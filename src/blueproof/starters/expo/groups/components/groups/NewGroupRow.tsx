import { useRouter } from "expo-router";

import { Row } from "@/components/Row";

export function NewGroupRow() {
  const router = useRouter();
  return (
    <Row
      title="New group"
      note="Several people in one conversation"
      onPress={() => router.replace("/group/new")}
    />
  );
}
