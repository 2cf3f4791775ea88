import { useEffect, useEffectEvent, useMemo, useReducer, type ReactNode } from "react";

import { sentence } from "@/lib/action";
import { next, reduce, type Draft } from "@/lib/chat/drafts";
import { OutboxContext, type Outbox } from "@/lib/chat/outbox";
import { useSend } from "@/lib/data/chat";
import { report } from "@/lib/monitoring";
import { afterSend, draftKeepers } from "@/lib/slots/chat";

/** Holds what is being sent above all screens: leaving a conversation loses nothing. */
export function OutboxScope({ children }: { children: ReactNode }) {
  const [drafts, change] = useReducer(reduce, []);
  const outbox = useMemo(() => ({ drafts, change }), [drafts]);
  draftKeepers.forEach((useKeeper) => useKeeper(outbox));
  return (
    <OutboxContext.Provider value={outbox}>
      {next(drafts).map((draft) => (
        <Sender key={draft.clientId} draft={draft} change={change} />
      ))}
      {children}
    </OutboxContext.Provider>
  );
}

/** Is there while a draft is to be sent: a retry draws it anew, with the same client id. */
function Sender({ draft, change }: { draft: Draft; change: Outbox["change"] }) {
  const send = useSend(draft.conversationId);
  const after = afterSend.map((useAfter) => useAfter());
  const deliver = useEffectEvent(async () => {
    const { clientId, text } = draft;
    try {
      await send({ clientId, text });
      change({ type: "drop", clientId });
      after.forEach((done) => done());
    } catch (error) {
      report(error, "send");
      change({ type: "fail", clientId, problem: sentence(error) });
    }
  });
  useEffect(() => void deliver(), []);
  return null;
}
