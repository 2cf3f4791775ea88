import { StyleSheet, TextInput, View, type TextInputProps } from "react-native";

import { Words } from "@/components/Words";
import { font, radius, space, touch, useStyles, useTheme, type Theme } from "@/lib/theme";

/** A labelled line of input. */
export function Field({ label, ...rest }: TextInputProps & { label: string }) {
  const styles = useStyles(makeStyles);
  const { color } = useTheme();
  return (
    <View style={styles.field}>
      <Words kind="note">{label}</Words>
      <TextInput
        accessibilityLabel={label}
        placeholderTextColor={color.quiet}
        style={styles.input}
        {...rest}
      />
    </View>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    field: { gap: space.xs },
    input: {
      minHeight: touch,
      paddingHorizontal: space.m,
      borderWidth: StyleSheet.hairlineWidth,
      borderColor: color.line,
      borderRadius: radius.s,
      color: color.text,
      backgroundColor: color.surface,
      fontSize: font.body,
    },
  });
