import { randomUUID } from "expo-crypto";
import { useState } from "react";

import { PickedPreview } from "@/components/attachments/PickedPreview";
import { Button } from "@/components/Button";
import { MenuItem } from "@/components/MenuItem";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Sheet } from "@/components/Sheet";
import { useAction } from "@/lib/action";
import { problemOf, type Picked } from "@/lib/attachments/limits";
import { pickFile, pickPhoto } from "@/lib/attachments/pick";
import type { InConversation } from "@/lib/chat/parts";
import { useSendFile } from "@/lib/data/attachments";

type Chosen = { file: Picked; clientId: string };

/** Choose, look at it, send; a failed upload is tried again with the same client id. */
export function AttachSheet({ conversation, close }: InConversation & { close: () => void }) {
  const sendFile = useSendFile(conversation.id);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const choose = useAction("choose file", async (pick: () => Promise<Picked | null>) => {
    const file = await pick();
    if (file) setChosen({ file, clientId: randomUUID() });
  });
  const send = useAction("send file", async ({ file, clientId }: Chosen) => {
    await sendFile(file, clientId);
    close();
  });
  if (!chosen) {
    return (
      <Sheet close={close}>
        <MenuItem label="Photo" onPress={() => void choose.run(pickPhoto)} />
        <MenuItem label="File" onPress={() => void choose.run(pickFile)} />
        <Problem inset says={choose.problem} />
      </Sheet>
    );
  }
  const problem = problemOf(chosen.file);
  return (
    <Sheet close={close}>
      <Form>
        <PickedPreview file={chosen.file} />
        <Problem says={problem ?? send.problem} />
        <Button
          label="Send"
          busy={send.busy}
          disabled={problem !== null}
          onPress={() => void send.run(chosen)}
        />
        <Button
          kind="quiet"
          label="Choose another"
          disabled={send.busy}
          onPress={() => setChosen(null)}
        />
      </Form>
    </Sheet>
  );
}
