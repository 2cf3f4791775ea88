import { useState } from "react";

import { Button } from "@/components/Button";
import { PersonRow } from "@/components/chat/PersonRow";
import { Field } from "@/components/Field";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { useFindPerson } from "@/lib/data/chat";
import type { Person } from "@/lib/data/types";

/** Finds somebody by their whole email address: nobody can leaf through the people of the app. */
export function FindPerson({ choose }: { choose: (person: Person) => void }) {
  const find = useFindPerson();
  const [email, setEmail] = useState("");
  const [found, setFound] = useState<Person | null | undefined>();
  const search = useAction("find", async () => setFound(await find(email.trim())));
  const change = (value: string) => {
    setEmail(value);
    setFound(undefined);
  };
  const take = (person: Person) => {
    change("");
    choose(person);
  };
  return (
    <>
      <Form>
        <Field
          label="Email address"
          value={email}
          onChangeText={change}
          onSubmitEditing={() => void search.run()}
          autoCapitalize="none"
          autoCorrect={false}
          inputMode="email"
          returnKeyType="search"
        />
        <Button
          label="Find"
          busy={search.busy}
          disabled={!email.includes("@")}
          onPress={() => void search.run()}
        />
        <Problem says={search.problem} />
        {found === null ? (
          <Words accessibilityLiveRegion="polite">Nobody here has this address.</Words>
        ) : null}
      </Form>
      {found ? <PersonRow person={found} onPress={() => take(found)} /> : null}
    </>
  );
}
