import { useSaveToken, useForgetToken } from "@/lib/data/push";
import { report } from "@/lib/monitoring";
import { readPermission, readToken, stop, type Device } from "@/lib/push/device";
import { within } from "@/lib/push/within";

const LONGEST_GOODBYE = 5000;

/** The token that the server knows of this device since the app started. */
let registered: string | null = null;

/** Gives what tells the server the address of this device, if the person allowed notifications. */
export function useRegister(): (device?: Device) => Promise<void> {
  const save = useSaveToken();
  return async (device) => {
    if ((await readPermission()) !== "granted") return;
    const { token, platform } = await readToken(device);
    await save(token, platform);
    registered = token;
  };
}

/** Before a sign-out: no notification of this account may reach the device's next user. */
export function useUnregister(): () => Promise<void> {
  const forget = useForgetToken();
  return async () => {
    try {
      if (registered) await within(LONGEST_GOODBYE, forget(registered));
    } catch (error) {
      // Without a connection the device itself stops taking them, and the server learns it later.
      report(error, "forget token");
    }
    registered = null;
    await stop();
  };
}
