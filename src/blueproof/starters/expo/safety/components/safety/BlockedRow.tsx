import { useRouter } from "expo-router";

import { Row } from "@/components/Row";

export function BlockedRow() {
  const router = useRouter();
  return <Row title="Blocked people" onPress={() => router.push("/blocked")} />;
}
