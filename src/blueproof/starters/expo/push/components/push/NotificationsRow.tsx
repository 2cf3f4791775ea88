import { useRouter } from "expo-router";

import { Row } from "@/components/Row";

export function NotificationsRow() {
  const router = useRouter();
  return <Row title="Notifications" onPress={() => router.push("/notifications")} />;
}
