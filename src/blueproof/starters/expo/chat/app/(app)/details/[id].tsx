import { Stack, useLocalSearchParams } from "expo-router";

import { MuteRow } from "@/components/chat/MuteRow";
import { PersonRow } from "@/components/chat/PersonRow";
import { Filled } from "@/components/Filled";
import { Loading, Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Section } from "@/components/Section";
import { useConversation } from "@/lib/data/chat";
import { detailsRows } from "@/lib/slots/chat";

export { ErrorBoundary } from "@/components/Crash";

export default function Details() {
  const { id } = useLocalSearchParams<{ id: string }>();
  const conversation = useConversation(id);
  if (conversation === undefined) return <Loading />;
  if (conversation === null) return <Notice title="This conversation is not there" />;
  return (
    <Page>
      <Stack.Screen options={{ title: conversation.title }} />
      <MuteRow conversation={conversation} />
      <Section title="People">
        {conversation.people.map((person) => (
          <PersonRow key={person.id} person={person} />
        ))}
      </Section>
      <Filled place={detailsRows} given={{ conversation }} />
    </Page>
  );
}
