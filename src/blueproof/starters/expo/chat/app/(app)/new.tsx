import { Stack, useRouter } from "expo-router";

import { FindPerson } from "@/components/chat/FindPerson";
import { Filled } from "@/components/Filled";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useOpenDirect } from "@/lib/data/chat";
import type { Person } from "@/lib/data/types";
import { newRows } from "@/lib/slots/chat";

export default function NewConversation() {
  const router = useRouter();
  const openDirect = useOpenDirect();
  const { run, problem } = useAction("open conversation", async (person: Person) => {
    const id = await openDirect(person.id);
    router.replace({ pathname: "/conversation/[id]", params: { id } });
  });
  return (
    <Page>
      <Stack.Screen options={{ title: "New conversation" }} />
      <Filled place={newRows} given={{}} />
      <FindPerson choose={(person) => void run(person)} />
      <Problem inset says={problem} />
    </Page>
  );
}
