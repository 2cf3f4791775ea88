import { ActivityIndicator, StyleSheet, View } from "react-native";

import { Button } from "@/components/Button";
import { Words } from "@/components/Words";
import { space, useTheme } from "@/lib/theme";

type Props = { title: string; text?: string; action?: { label: string; onPress: () => void } };

/** What stands in place of a list or a screen: nothing here yet, something failed, not found. */
export function Notice({ title, text, action }: Props) {
  return (
    <View style={styles.middle}>
      <Words kind="title" style={styles.words}>
        {title}
      </Words>
      {text ? (
        <Words kind="note" style={styles.words}>
          {text}
        </Words>
      ) : null}
      {action ? <Button kind="quiet" {...action} /> : null}
    </View>
  );
}

export function Loading() {
  const { color } = useTheme();
  return (
    <View style={styles.middle} accessibilityRole="progressbar" accessibilityLabel="Loading">
      <ActivityIndicator color={color.accent} />
    </View>
  );
}

const styles = StyleSheet.create({
  middle: {
    flex: 1,
    alignItems: "center",
    justifyContent: "center",
    gap: space.m,
    padding: space.xl,
  },
  words: { textAlign: "center" },
});
