import { StyleSheet, View } from "react-native";

import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { useOutbox } from "@/lib/chat/outbox";
import type { Message } from "@/lib/data/types";
import { space } from "@/lib/theme";

export function FailedLine({ message: { clientId } }: { message: Message }) {
  const { drafts, change } = useOutbox();
  const draft = drafts.find((each) => each.clientId === clientId);
  return (
    <View style={styles.line}>
      <Problem says={draft?.problem ?? "This message was not sent."} />
      <View style={styles.buttons}>
        <Button
          kind="quiet"
          label="Try again"
          onPress={() => change({ type: "retry", clientId })}
        />
        <Button kind="danger" label="Discard" onPress={() => change({ type: "drop", clientId })} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  line: { alignItems: "flex-end" },
  buttons: { flexDirection: "row", gap: space.s },
});
