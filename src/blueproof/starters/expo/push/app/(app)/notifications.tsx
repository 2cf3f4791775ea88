import { Stack, useRouter } from "expo-router";
import { useEffect, useState } from "react";
import { Linking } from "react-native";

import { Button } from "@/components/Button";
import { Form, Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { useActive } from "@/lib/active";
import { report } from "@/lib/monitoring";
import { askPermission, readPermission, type Permission } from "@/lib/push/device";
import { useRegister } from "@/lib/push/registration";

const SAYS: Record<Permission, string> = {
  granted: "Notifications are on. The settings of the device turn them off.",
  denied: "Notifications are off for this app. The settings of the device turn them on.",
  unasked:
    "Shall we tell you when somebody writes to you? Single conversations can be muted. There is no advertising.",
};

/** Explains before the system asks: a no to the system cannot be asked about again. */
export default function NotificationsScreen() {
  const router = useRouter();
  const register = useRegister();
  const [permission, setPermission] = usePermission();
  const turnOn = useAction("turn on notifications", async () => {
    const answer = await askPermission();
    setPermission(answer);
    if (answer !== "granted") return;
    await register();
    router.back();
  });
  const settings = useAction("open settings", Linking.openSettings);
  const problem = turnOn.problem ?? settings.problem;
  if (!permission) return null;
  return (
    <Page>
      <Stack.Screen options={{ title: "Notifications" }} />
      <Form>
        <Words>{SAYS[permission]}</Words>
        {permission === "unasked" ? (
          <>
            <Button
              label="Turn on notifications"
              busy={turnOn.busy}
              onPress={() => void turnOn.run()}
            />
            <Button kind="quiet" label="Not now" onPress={() => router.back()} />
          </>
        ) : (
          <Button kind="quiet" label="Open the settings" onPress={() => void settings.run()} />
        )}
        <Problem says={problem} />
      </Form>
    </Page>
  );
}

/** Read anew whenever the person comes back, maybe from the settings. */
function usePermission() {
  const active = useActive();
  const state = useState<Permission | null>(null);
  const [, setPermission] = state;
  useEffect(() => {
    if (active)
      readPermission().then(setPermission, (error: unknown) => report(error, "permission"));
  }, [active, setPermission]);
  return state;
}
