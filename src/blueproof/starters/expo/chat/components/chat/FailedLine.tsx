import { StyleSheet, View } from "react-native";

import { Button } from "@/components/Button";
import { Words } from "@/components/Words";
import { useOutbox } from "@/lib/chat/outbox";
import type { Message } from "@/lib/data/types";
import { space } from "@/lib/theme";

export function FailedLine({ message: { clientId } }: { message: Message }) {
  const { drafts, change } = useOutbox();
  const draft = drafts.find((each) => each.clientId === clientId);
  return (
    <View style={styles.line}>
      <Words kind="problem">{draft?.problem ?? "This message was not sent."}</Words>
      <View style={styles.buttons}>
        <Button kind="quiet" label="Try again" onPress={() => change({ type: "retry", clientId })} />
        <Button kind="danger" label="Discard" onPress={() => change({ type: "drop", clientId })} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  line: { alignItems: "flex-end" },
  buttons: { flexDirection: "row", gap: space.s },
});
