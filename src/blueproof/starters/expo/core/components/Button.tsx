import { ActivityIndicator, Pressable, StyleSheet, Text } from "react-native";

import { font, radius, space, touch, useStyles, useTheme, type Theme } from "@/lib/theme";

type Props = {
  label: string;
  onPress: () => void;
  kind?: "main" | "quiet" | "danger";
  busy?: boolean;
  disabled?: boolean;
};

export function Button({ label, onPress, kind = "main", busy = false, disabled = false }: Props) {
  const styles = useStyles(makeStyles);
  const { color } = useTheme();
  const off = busy || disabled;
  const words = kind === "main" ? color.onAccent : kind === "danger" ? color.danger : color.accent;
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={label}
      accessibilityState={{ disabled: off, busy }}
      disabled={off}
      onPress={onPress}
      style={({ pressed }) => [
        styles.button,
        kind === "main" && styles.main,
        (pressed || off) && styles.faded,
      ]}
    >
      {busy ? (
        <ActivityIndicator color={words} />
      ) : (
        <Text style={[styles.label, { color: words }]}>{label}</Text>
      )}
    </Pressable>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    button: {
      minHeight: touch,
      alignItems: "center",
      justifyContent: "center",
      paddingHorizontal: space.l,
      borderRadius: radius.m,
    },
    main: { backgroundColor: color.accent },
    faded: { opacity: 0.6 },
    label: { fontSize: font.body, fontWeight: "600" },
  });
