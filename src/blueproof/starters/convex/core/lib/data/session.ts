import { useAuthActions } from "@convex-dev/auth/react";
import { useConvexAuth, useQuery } from "convex/react";
import { useMemo } from "react";

import { api } from "@/convex/_generated/api";
import type { Session } from "@/lib/data/types";

export function useSession(): Session {
  const { isLoading, isAuthenticated } = useConvexAuth();
  const me = useQuery(api.people.me, isAuthenticated ? {} : "skip");
  return useMemo(() => {
    if (isLoading || (isAuthenticated && me === undefined)) return { state: "loading" };
    return me ? { state: "in", ...me } : { state: "out" };
  }, [isLoading, isAuthenticated, me]);
}

export function useSignOut(): () => Promise<void> {
  return useAuthActions().signOut;
}
