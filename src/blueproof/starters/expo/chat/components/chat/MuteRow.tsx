import { Switch } from "react-native";

import { Problem } from "@/components/Problem";
import { Row } from "@/components/Row";
import { useAction } from "@/lib/action";
import type { InConversation } from "@/lib/chat/parts";
import { useMute } from "@/lib/data/chat";

export function MuteRow({ conversation }: InConversation) {
  const { run, busy, problem } = useAction("mute", useMute(conversation.id));
  return (
    <>
      <Row
        title="Mute"
        note="New messages are counted quietly"
        after={
          <Switch
            accessibilityLabel="Mute"
            disabled={busy}
            value={conversation.muted}
            onValueChange={(muted) => void run(muted)}
          />
        }
      />
      <Problem inset says={problem} />
    </>
  );
}
