import { useRouter } from "expo-router";

import { Row } from "@/components/Row";
import { useRole } from "@/lib/data/roles";

/** Shown to those who may; the server decides again at every step. */
export function ModerationRow() {
  const router = useRouter();
  if (useRole() === "member") return null;
  return <Row title="Reported messages" onPress={() => router.push("/moderation")} />;
}
