import { StyleSheet, View } from "react-native";

import { Button } from "@/components/Button";
import { Problem } from "@/components/Problem";
import { Words } from "@/components/Words";
import { useAction } from "@/lib/action";
import { dayName } from "@/lib/chat/days";
import { useResolve, type useReports } from "@/lib/data/roles";
import { space } from "@/lib/theme";

export type Report = ReturnType<typeof useReports>["items"][number];

export function ReportedMessage({ report: { id, text, reason, at } }: { report: Report }) {
  const { run, busy, problem } = useAction("resolve report", useResolve());
  return (
    <View style={styles.report}>
      <Words kind="note">{`${reason}, ${dayName(at, Date.now())}`}</Words>
      <Words>{text}</Words>
      <View style={styles.buttons}>
        <Button kind="quiet" label="Keep" disabled={busy} onPress={() => void run(id, false)} />
        <Button kind="danger" label="Remove" disabled={busy} onPress={() => void run(id, true)} />
      </View>
      <Problem says={problem} />
    </View>
  );
}

const styles = StyleSheet.create({
  report: { gap: space.s, padding: space.l },
  buttons: { flexDirection: "row", gap: space.m },
});
