import { Pressable, StyleSheet, Text, View } from "react-native";

import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import type { InMenu } from "@/lib/chat/parts";
import { useReact } from "@/lib/data/reactions";
import { choices } from "@/lib/reactions/choices";
import { font, space, touch } from "@/lib/theme";

export function ReactAction({ message, close }: InMenu) {
  const react = useReact();
  const { run, busy, problem } = useAction("react", async (emoji: string) => {
    await react(message, emoji);
    close();
  });
  return (
    <>
      <View style={styles.row}>
        {choices.map(({ emoji, word }) => (
          <Pressable
            key={emoji}
            accessibilityRole="button"
            accessibilityLabel={`React with ${word}`}
            disabled={busy}
            onPress={() => void run(emoji)}
            style={styles.one}
          >
            <Text style={styles.emoji}>{emoji}</Text>
          </Pressable>
        ))}
      </View>
      <Problem inset says={problem} />
    </>
  );
}

const styles = StyleSheet.create({
  row: { flexDirection: "row", justifyContent: "space-around", padding: space.s },
  one: { minWidth: touch, minHeight: touch, alignItems: "center", justifyContent: "center" },
  emoji: { fontSize: font.heading },
});
