import { StyleSheet } from "react-native";

import { useOtherOnline } from "@/components/presence/OnlineScope";
import { Words } from "@/components/Words";
import type { InConversation } from "@/lib/chat/parts";
import { space } from "@/lib/theme";

export function OnlineLine({ conversation }: InConversation) {
  if (!useOtherOnline(conversation)) return null;
  return (
    <Words kind="note" accessibilityLiveRegion="polite" style={styles.line}>
      Online
    </Words>
  );
}

const styles = StyleSheet.create({ line: { alignSelf: "center", paddingVertical: space.xs } });
