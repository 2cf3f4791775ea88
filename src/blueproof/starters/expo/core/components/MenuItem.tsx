import { Pressable, StyleSheet, Text } from "react-native";

import { font, space, touch, useStyles, type Theme } from "@/lib/theme";

type Props = { label: string; onPress: () => void; danger?: boolean };

export function MenuItem({ label, onPress, danger = false }: Props) {
  const styles = useStyles(makeStyles);
  return (
    <Pressable
      accessibilityRole="menuitem"
      onPress={onPress}
      style={({ pressed }) => [styles.item, pressed && styles.pressed]}
    >
      <Text style={[styles.label, danger && styles.danger]}>{label}</Text>
    </Pressable>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    item: { minHeight: touch, justifyContent: "center", paddingHorizontal: space.l },
    pressed: { backgroundColor: color.surface },
    label: { color: color.text, fontSize: font.body },
    danger: { color: color.danger },
  });
