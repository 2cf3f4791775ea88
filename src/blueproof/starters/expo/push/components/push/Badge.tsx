import { useEffect } from "react";

import { useInbox } from "@/lib/data/chat";
import { report } from "@/lib/monitoring";
import { unreadTotal } from "@/lib/push/badge";
import { setBadge } from "@/lib/push/device";

/** The count on the app's icon, of the conversations that are loaded. */
export function Badge() {
  const count = unreadTotal(useInbox().items);
  useEffect(() => {
    setBadge(count).catch((error: unknown) => report(error, "badge"));
  }, [count]);
  return null;
}
