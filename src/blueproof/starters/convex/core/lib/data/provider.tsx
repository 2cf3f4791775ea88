import { ConvexAuthProvider } from "@convex-dev/auth/react";
import { ConvexReactClient } from "convex/react";
import type { ReactElement, ReactNode } from "react";

import { secureStorage } from "@/lib/secure";

const url = process.env.EXPO_PUBLIC_CONVEX_URL;
if (url === undefined) throw new Error("EXPO_PUBLIC_CONVEX_URL is missing: see .env.example.");

const client = new ConvexReactClient(url, { unsavedChangesWarning: false });

export function Provider({ children }: { children: ReactNode }): ReactElement {
  return (
    <ConvexAuthProvider client={client} storage={secureStorage}>
      {children}
    </ConvexAuthProvider>
  );
}
