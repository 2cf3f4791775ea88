import { Stack, useLocalSearchParams, useRouter } from "expo-router";

import { Button } from "@/components/Button";
import { FindPerson } from "@/components/chat/FindPerson";
import { PersonRow } from "@/components/chat/PersonRow";
import { Loading, Notice } from "@/components/Notice";
import { Form, Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { Section } from "@/components/Section";
import { useAction } from "@/lib/action";
import type { InConversation } from "@/lib/chat/parts";
import { confirm } from "@/lib/confirm";
import { useConversation } from "@/lib/data/chat";
import { useAdd, useLeave, useRemove } from "@/lib/data/groups";
import type { Person } from "@/lib/data/types";
import { room } from "@/lib/groups/size";
import { useMe } from "@/lib/me";

export { ErrorBoundary } from "@/components/Crash";

export default function Group() {
  const { id } = useLocalSearchParams<{ id: string }>();
  const conversation = useConversation(id);
  if (conversation === undefined) return <Loading />;
  if (conversation === null) return <Notice title="This group is not there" />;
  return (
    <Page>
      <Stack.Screen options={{ title: conversation.title }} />
      <Members conversation={conversation} />
      <Leave conversation={conversation} />
    </Page>
  );
}

function Members({ conversation: { id, people } }: InConversation) {
  const me = useMe();
  const removeFrom = useRemove(id);
  const others = people.filter((person) => person.id !== me.id);
  const add = useAction("add member", useAdd(id));
  const remove = useAction("remove member", async (person: Person) => {
    const question = {
      title: `Remove ${person.name}?`,
      text: "They no longer see this group.",
      yes: "Remove",
    };
    if (await confirm(question)) await removeFrom(person.id);
  });
  const problem = add.problem ?? remove.problem;
  return (
    <Section title={`Members, room for ${room(others.length)} more`}>
      <PersonRow person={me} />
      {others.map((person) => (
        <PersonRow
          key={person.id}
          person={person}
          after={<Button kind="danger" label="Remove" onPress={() => void remove.run(person)} />}
        />
      ))}
      {room(others.length) > 0 ? <FindPerson choose={(person) => void add.run(person.id)} /> : null}
      <Problem inset says={problem} />
    </Section>
  );
}

function Leave({ conversation: { id, title } }: InConversation) {
  const router = useRouter();
  const leave = useLeave(id);
  const { run, busy, problem } = useAction("leave group", async () => {
    const question = {
      title: `Leave ${title}?`,
      text: "Somebody must add you to come back.",
      yes: "Leave",
    };
    if (!(await confirm(question))) return;
    await leave();
    router.dismissTo("/");
  });
  return (
    <Form>
      <Button kind="danger" label="Leave the group" busy={busy} onPress={() => void run()} />
      <Problem says={problem} />
    </Form>
  );
}
