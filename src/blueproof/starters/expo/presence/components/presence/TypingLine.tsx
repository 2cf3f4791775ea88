import { StyleSheet } from "react-native";

import { useTypingNames } from "@/components/presence/TypingScope";
import { Words } from "@/components/Words";
import { typingLine } from "@/lib/presence/typing";
import { font, space } from "@/lib/theme";

/** Keeps its height when nobody types: the list does not jump. */
export function TypingLine() {
  const line = typingLine(useTypingNames());
  return (
    <Words kind="note" accessibilityLiveRegion="polite" numberOfLines={1} style={styles.line}>
      {line ?? " "}
    </Words>
  );
}

const styles = StyleSheet.create({
  line: { minHeight: font.note + space.s, paddingHorizontal: space.l },
});
