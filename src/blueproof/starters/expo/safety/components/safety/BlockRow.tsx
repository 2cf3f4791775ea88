import { useRouter } from "expo-router";

import { Button } from "@/components/Button";
import { Form } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import type { InConversation } from "@/lib/chat/parts";
import { confirm } from "@/lib/confirm";
import { useBlock } from "@/lib/data/safety";
import type { Person } from "@/lib/data/types";
import { useMe } from "@/lib/me";

export function BlockRow({ conversation: { people } }: InConversation) {
  const me = useMe();
  return people
    .filter((person) => person.id !== me.id)
    .map((person) => <Block key={person.id} person={person} />);
}

function Block({ person }: { person: Person }) {
  const router = useRouter();
  const block = useBlock();
  const { run, busy, problem } = useAction("block", async () => {
    const question = {
      title: `Block ${person.name}?`,
      text: "They can no longer write to you. They are not told.",
      yes: "Block",
    };
    if (!(await confirm(question))) return;
    await block(person.id);
    router.dismissTo("/");
  });
  return (
    <Form>
      <Button kind="danger" label={`Block ${person.name}`} busy={busy} onPress={() => void run()} />
      <Problem says={problem} />
    </Form>
  );
}
