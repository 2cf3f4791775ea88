import { useState } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useEdit } from "@/lib/data/edits";
import type { Message } from "@/lib/data/types";

export function EditForm({ message, close }: { message: Message; close: () => void }) {
  const edit = useEdit();
  const [text, setText] = useState(message.text);
  const wanted = text.trim();
  const { run, busy, problem } = useAction("edit", async () => {
    await edit(message, wanted);
    close();
  });
  return (
    <Form>
      <Field label="Edit the message" value={text} onChangeText={setText} autoFocus multiline />
      <Problem says={problem} />
      <Button
        label="Save"
        busy={busy}
        disabled={!wanted || wanted === message.text}
        onPress={() => void run()}
      />
      <Button kind="quiet" label="Cancel" onPress={close} />
    </Form>
  );
}
