import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";

import { Words } from "@/components/Words";
import { space, useStyles, type Theme } from "@/lib/theme";

export function Section({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles(makeStyles);
  return (
    <View style={styles.section}>
      <Words kind="note" accessibilityRole="header" style={styles.title}>
        {title}
      </Words>
      {children}
    </View>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    section: {
      paddingVertical: space.s,
      borderBottomWidth: StyleSheet.hairlineWidth,
      borderBottomColor: color.line,
    },
    title: { paddingHorizontal: space.l, paddingTop: space.s },
  });
