import { Stack } from "expo-router";

import { Filled } from "@/components/Filled";
import { Scopes } from "@/components/Scopes";
import { appScopes, effects } from "@/lib/slots/core";

export { ErrorBoundary } from "@/components/Crash";

/** A link into the app, also on a cold start, has the inbox beneath it to go back to. */
export const unstable_settings = { initialRouteName: "index" };

/** A screen names itself when it knows its name; until then no path stands in the header. */
export default function AppLayout() {
  return (
    <Scopes of={appScopes} given={{}}>
      <Filled place={effects} given={{}} />
      <Stack screenOptions={{ title: "", headerBackButtonDisplayMode: "minimal" }} />
    </Scopes>
  );
}
