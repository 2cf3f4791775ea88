import type { ReactElement, ReactNode } from "react";

import { useLiveSession } from "./session";
import { SessionContext } from "./session-context";

export function Provider({ children }: { children: ReactNode }): ReactElement {
  return <SessionContext.Provider value={useLiveSession()}>{children}</SessionContext.Provider>;
}
