import AsyncStorage from "@react-native-async-storage/async-storage";
import { useEffect, useEffectEvent, useState } from "react";

import type { Outbox } from "@/lib/chat/outbox";
import { useMe } from "@/lib/me";
import { report } from "@/lib/monitoring";
import { parseDrafts } from "@/lib/offline/stored";

/** One store for each account: what one person wrote is never sent in the name of another. */
const keyOf = (personId: string) => `outbox.${personId}`;

/** Keeps what is not sent over a restart, with its client ids: no message is there twice. */
export function useKeepDrafts({ drafts, change }: Outbox): void {
  const key = keyOf(useMe().id);
  const [loaded, setLoaded] = useState(false);
  const restore = useEffectEvent((text: string | null) => {
    change({ type: "restore", drafts: parseDrafts(text) });
    setLoaded(true);
  });
  useEffect(() => {
    AsyncStorage.getItem(key).then(restore, (error: unknown) => report(error, "restore drafts"));
  }, [key]);
  useEffect(() => {
    if (!loaded) return;
    AsyncStorage.setItem(key, JSON.stringify(drafts)).catch((error: unknown) =>
      report(error, "keep drafts"),
    );
  }, [key, loaded, drafts]);
}

/** What was not sent goes with the account. */
export function useForgetDrafts(): () => Promise<void> {
  const key = keyOf(useMe().id);
  return () => AsyncStorage.removeItem(key);
}
