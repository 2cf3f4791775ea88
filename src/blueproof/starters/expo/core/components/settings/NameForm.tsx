import { useState } from "react";

import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { Form } from "@/components/Page";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { useRename } from "@/lib/data/account";
import { useMe } from "@/lib/me";

const LONGEST_NAME = 60;

export function NameForm() {
  const me = useMe();
  const rename = useAction("rename", useRename());
  const [name, setName] = useState(me.name);
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
      {rename.problem ? <Words kind="problem">{rename.problem}</Words> : null}
      {wanted && wanted !== me.name ? (
        <Button label="Save" busy={rename.busy} onPress={() => void rename.run(wanted)} />
      ) : null}
    </Form>
  );
}
