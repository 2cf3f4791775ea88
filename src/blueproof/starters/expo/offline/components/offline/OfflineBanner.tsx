import { StyleSheet, View } from "react-native";

import { Words } from "@/components/Words";
import { useConnected } from "@/lib/offline/connection";
import { promise } from "@/lib/offline/promise";
import { space, useStyles, type Theme } from "@/lib/theme";

/** Says what holds without a connection, and no more than that. */
export function OfflineBanner() {
  const styles = useStyles(makeStyles);
  if (useConnected()) return null;
  return (
    <View accessibilityLiveRegion="polite" style={styles.banner}>
      <Words kind="note">{`You are offline. ${promise.reads} ${promise.writes}`}</Words>
    </View>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    banner: {
      paddingHorizontal: space.l,
      paddingVertical: space.s,
      backgroundColor: color.surface,
    },
  });
