import { useEffect, useEffectEvent } from "react";

import { report } from "@/lib/monitoring";
import { onNewToken, showIf, type Device } from "@/lib/push/device";
import { isOpen } from "@/lib/push/open";
import { useRegister } from "@/lib/push/registration";

/** Registers the device at each start and whenever its address changes; asks for nothing. */
export function Registration() {
  const register = useRegister();
  const run = useEffectEvent((device?: Device) => {
    register(device).catch((error: unknown) => report(error, "register for notifications"));
  });
  useEffect(() => {
    showIf((conversationId) => !isOpen(conversationId));
    run();
    return onNewToken((device) => run(device));
  }, []);
  return null;
}
