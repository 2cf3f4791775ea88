import { StyleSheet } from "react-native";

import { Words } from "@/components/Words";
import { dayName } from "@/lib/chat/days";
import { space } from "@/lib/theme";

export function DayLine({ at }: { at: number }) {
  return (
    <Words kind="note" accessibilityRole="header" style={styles.day}>
      {dayName(at, Date.now())}
    </Words>
  );
}

const styles = StyleSheet.create({ day: { alignSelf: "center", paddingVertical: space.m } });
