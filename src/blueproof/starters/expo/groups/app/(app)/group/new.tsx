import { Stack, useRouter } from "expo-router";
import { useState } from "react";

import { Button } from "@/components/Button";
import { FindPerson } from "@/components/chat/FindPerson";
import { PersonRow } from "@/components/chat/PersonRow";
import { Field } from "@/components/Field";
import { Form, Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Section } from "@/components/Section";
import { useAction } from "@/lib/action";
import { useCreateGroup } from "@/lib/data/groups";
import type { Person } from "@/lib/data/types";
import { room, withPerson } from "@/lib/groups/size";

const LONGEST_TITLE = 80;

export default function NewGroup() {
  const router = useRouter();
  const createGroup = useCreateGroup();
  const [title, setTitle] = useState("");
  const [people, setPeople] = useState<Person[]>([]);
  const create = useAction("create group", async () => {
    const id = await createGroup(
      title.trim(),
      people.map((person) => person.id),
    );
    router.replace({ pathname: "/conversation/[id]", params: { id } });
  });
  const drop = (person: Person) => setPeople(people.filter((each) => each.id !== person.id));
  return (
    <Page>
      <Stack.Screen options={{ title: "New group" }} />
      <Form>
        <Field
          label="Name of the group"
          value={title}
          onChangeText={setTitle}
          maxLength={LONGEST_TITLE}
        />
      </Form>
      <Section title={`Members, room for ${room(people.length)} more`}>
        {people.map((person) => (
          <PersonRow
            key={person.id}
            person={person}
            after={<Button kind="danger" label="Remove" onPress={() => drop(person)} />}
          />
        ))}
        {room(people.length) > 0 ? (
          <FindPerson choose={(person) => setPeople(withPerson(people, person))} />
        ) : null}
      </Section>
      <Form>
        <Problem says={create.problem} />
        <Button
          label="Create"
          busy={create.busy}
          disabled={!title.trim() || people.length === 0}
          onPress={() => void create.run()}
        />
      </Form>
    </Page>
  );
}
