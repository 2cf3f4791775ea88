import { StyleSheet, View } from "react-native";

import { useOtherOnline } from "@/components/presence/OnlineScope";
import type { InConversation } from "@/lib/chat/parts";
import { radius, space, useStyles, type Theme } from "@/lib/theme";

export function OnlineDot({ conversation }: InConversation) {
  const styles = useStyles(makeStyles);
  if (!useOtherOnline(conversation)) return null;
  return <View accessible accessibilityLabel="Online" style={styles.dot} />;
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    dot: {
      position: "absolute",
      right: 0,
      bottom: 0,
      width: space.m,
      height: space.m,
      borderWidth: 2,
      borderRadius: radius.round,
      borderColor: color.background,
      backgroundColor: color.good,
    },
  });
