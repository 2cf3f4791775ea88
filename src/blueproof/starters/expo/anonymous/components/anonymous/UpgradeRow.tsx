import { useRouter } from "expo-router";

import { Row } from "@/components/Row";
import { useSession } from "@/lib/data/session";

export function UpgradeRow() {
  const router = useRouter();
  const session = useSession();
  if (session.state !== "in" || !session.anonymous) return null;
  return (
    <Row
      title="Keep this account"
      note="Without an email address, a sign-out or a lost device loses your conversations."
      onPress={() => router.push("/upgrade")}
    />
  );
}
