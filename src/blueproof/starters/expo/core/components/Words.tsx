import { StyleSheet, Text, type TextProps } from "react-native";

import { font, useStyles, type Theme } from "@/lib/theme";

type Kind = "body" | "note" | "title" | "heading" | "problem";

/** Text in one of the few kinds that the app has. */
export function Words({ kind = "body", style, ...rest }: TextProps & { kind?: Kind }) {
  const styles = useStyles(makeStyles);
  const heading = kind === "title" || kind === "heading";
  return (
    <Text
      accessibilityRole={heading ? "header" : kind === "problem" ? "alert" : undefined}
      style={[styles[kind], style]}
      {...rest}
    />
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    body: { color: color.text, fontSize: font.body },
    note: { color: color.quiet, fontSize: font.note },
    title: { color: color.text, fontSize: font.title, fontWeight: "600" },
    heading: { color: color.text, fontSize: font.heading, fontWeight: "700" },
    problem: { color: color.danger, fontSize: font.note },
  });
