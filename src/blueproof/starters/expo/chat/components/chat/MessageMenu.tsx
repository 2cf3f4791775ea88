import { useState, type ReactElement } from "react";

import { Filled } from "@/components/Filled";
import { Sheet } from "@/components/Sheet";
import type { OnMessage } from "@/lib/chat/parts";
import { messageActions } from "@/lib/slots/chat";

/** What can be done with a message. */
export function MessageMenu({ on, close }: { on: OnMessage; close: () => void }) {
  const [content, show] = useState<ReactElement | null>(null);
  return (
    <Sheet close={close}>
      {content ?? <Filled place={messageActions} given={{ ...on, close, show }} />}
    </Sheet>
  );
}
