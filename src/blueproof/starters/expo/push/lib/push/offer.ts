import { useRouter } from "expo-router";

import { report } from "@/lib/monitoring";
import { readPermission } from "@/lib/push/device";
import { secureStorage } from "@/lib/secure";

const OFFERED = "push.offered";

/** After the first message that was sent: now the person knows what notifications are good for. */
export function useOfferPush(): () => void {
  const router = useRouter();
  return () => {
    takeFirstTime().then(
      (first) => {
        if (first) router.push("/notifications");
      },
      (error: unknown) => report(error, "offer notifications"),
    );
  };
}

async function takeFirstTime(): Promise<boolean> {
  if ((await readPermission()) !== "unasked") return false;
  if (await secureStorage.getItem(OFFERED)) return false;
  await secureStorage.setItem(OFFERED, "yes");
  return true;
}
