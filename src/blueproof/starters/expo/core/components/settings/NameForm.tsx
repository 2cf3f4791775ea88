import { useState } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useRename } from "@/lib/data/account";
import { useMe } from "@/lib/me";

const LONGEST_NAME = 60;

export function NameForm() {
  const { name } = useMe();
  return <Fields key={name} old={name} />;
}

function Fields({ old }: { old: string }) {
  const rename = useAction("rename", useRename());
  const [name, setName] = useState(old);
  const wanted = name.trim();
  return (
    <Form>
      <Field
        label="Name that others see"
        value={name}
        onChangeText={setName}
        maxLength={LONGEST_NAME}
        autoComplete="name"
        textContentType="name"
      />
      <Problem says={rename.problem} />
      {wanted && wanted !== old ? (
        <Button label="Save" busy={rename.busy} onPress={() => void rename.run(wanted)} />
      ) : null}
    </Form>
  );
}
