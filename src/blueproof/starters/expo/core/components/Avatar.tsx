import { Image, StyleSheet, Text, View } from "react-native";

import type { Person } from "@/lib/data/types";
import { radius, useStyles, type Theme } from "@/lib/theme";

/** The height of the initial, as a part of the circle. */
const INITIAL = 0.42;

/** A person's photo, or their initial; what it shows is said beside it, so readers skip it. */
export function Avatar({
  person,
  size = 40,
}: {
  person: Pick<Person, "name" | "photo">;
  size?: number;
}) {
  const styles = useStyles(makeStyles);
  const box = { width: size, height: size };
  if (person.photo) {
    return <Image source={{ uri: person.photo }} style={[styles.circle, box]} accessible={false} />;
  }
  return (
    <View style={[styles.circle, box]} importantForAccessibility="no-hide-descendants" aria-hidden>
      <Text style={[styles.initial, { fontSize: size * INITIAL }]}>{initial(person.name)}</Text>
    </View>
  );
}

function initial(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "?";
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    circle: {
      alignItems: "center",
      justifyContent: "center",
      borderRadius: radius.round,
      backgroundColor: color.surface,
    },
    initial: { color: color.quiet, fontWeight: "600" },
  });
