import { useRootNavigationState, useRouter } from "expo-router";
import { useEffect } from "react";

import { forgetTap, useTapped } from "@/lib/push/device";

/** A tap on a notification opens its conversation, over the inbox, also if it started the app. */
export function Taps() {
  const router = useRouter();
  const ready = useRootNavigationState()?.key !== undefined;
  const id = useTapped();
  useEffect(() => {
    if (!ready || !id) return;
    forgetTap();
    router.navigate({ pathname: "/conversation/[id]", params: { id } });
  }, [ready, id, router]);
  return null;
}
