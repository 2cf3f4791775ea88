import { Stack } from "expo-router";

import { Button } from "@/components/Button";
import { PersonRow } from "@/components/chat/PersonRow";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useBlocked, useUnblock } from "@/lib/data/safety";

export { ErrorBoundary } from "@/components/Crash";

export default function Blocked() {
  return (
    <>
      <Stack.Screen options={{ title: "Blocked people" }} />
      <People />
    </>
  );
}

function People() {
  const people = useBlocked();
  const { run, busy, problem } = useAction("unblock", useUnblock());
  if (people.length === 0) return <Notice title="You have blocked nobody" />;
  return (
    <Page>
      {people.map((person) => (
        <PersonRow
          key={person.id}
          person={person}
          after={
            <Button
              kind="quiet"
              label="Unblock"
              disabled={busy}
              onPress={() => void run(person.id)}
            />
          }
        />
      ))}
      <Problem inset says={problem} />
    </Page>
  );
}
