import { useAuthActions } from "@convex-dev/auth/react";
import { useConvex, useMutation, type ConvexReactClient } from "convex/react";
import { useCallback } from "react";

import { api } from "@/convex/_generated/api";
import { told } from "@/lib/data/telling";

export function useExport(): () => Promise<string> {
  const client = useConvex();
  return useCallback(() => told(exported(client)), [client]);
}

async function exported(client: ConvexReactClient): Promise<string> {
  const found: Record<string, unknown[]> = {};
  for (const section of await client.query(api.account.exportSections, {})) {
    found[section] = await read(client, section);
  }
  return JSON.stringify(found, null, 2);
}

async function read(client: ConvexReactClient, section: string): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: unknown[]; cursor: string | null } = await client.query(
      api.account.exportPage,
      { section, cursor },
    );
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== null);
  return items;
}

export function useErase(): () => Promise<void> {
  const erase = useMutation(api.account.erase);
  const { signOut } = useAuthActions();
  return useCallback(async () => {
    await told(erase({}));
    await signOut();
  }, [erase, signOut]);
}

export function useRename(): (name: string) => Promise<void> {
  const rename = useMutation(api.people.rename);
  return useCallback(
    async (name: string) => {
      await told(rename({ name }));
    },
    [rename],
  );
}
