import { useEffect } from "react";

import { useOutbox } from "@/lib/chat/outbox";
import { useConnected } from "@/lib/offline/connection";

/** When the connection is back, everything that failed is tried again. */
export function Reconnect() {
  const { change } = useOutbox();
  const connected = useConnected();
  useEffect(() => {
    if (connected) change({ type: "retryAll" });
  }, [connected, change]);
  return null;
}
