import type { ReactNode } from "react";
import { Pressable, StyleSheet, View } from "react-native";

import { Words } from "@/components/Words";
import { space, touch, useStyles, type Theme } from "@/lib/theme";

type Props = {
  title: string;
  note?: string;
  onPress?: () => void;
  before?: ReactNode;
  after?: ReactNode;
};

/** A line of a list: pressable if something happens then. */
export function Row({ title, note, onPress, before, after }: Props) {
  const styles = useStyles(makeStyles);
  const inside = (
    <>
      {before}
      <View style={styles.words}>
        <Words numberOfLines={1}>{title}</Words>
        {note ? (
          <Words kind="note" numberOfLines={2}>
            {note}
          </Words>
        ) : null}
      </View>
      {after}
    </>
  );
  if (!onPress) return <View style={styles.row}>{inside}</View>;
  return (
    <Pressable
      accessibilityRole="button"
      onPress={onPress}
      style={({ pressed }) => [styles.row, pressed && styles.pressed]}
    >
      {inside}
    </Pressable>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    row: {
      minHeight: touch,
      flexDirection: "row",
      alignItems: "center",
      gap: space.m,
      paddingHorizontal: space.l,
      paddingVertical: space.m,
    },
    pressed: { backgroundColor: color.surface },
    words: { flex: 1, gap: space.xs },
  });
