import { Pressable, StyleSheet, Text, View } from "react-native";

import { Problem } from "@/components/Problem";
import { useReactionsOn } from "@/components/reactions/ReactionsScope";
import { useAction } from "@/lib/action";
import type { OnMessage } from "@/lib/chat/parts";
import { useReact } from "@/lib/data/reactions";
import { spoken } from "@/lib/reactions/choices";
import { font, radius, space, useStyles, type Theme } from "@/lib/theme";

/** The reactions beneath a message; pressing one adds or takes back one's own. */
export function ReactionBar({ message }: OnMessage) {
  const styles = useStyles(makeStyles);
  const reactions = useReactionsOn(message.id);
  const { run, problem } = useAction("react", useReact());
  if (reactions.length === 0) return null;
  return (
    <View style={styles.bar}>
      {reactions.map(({ emoji, count, mine }) => (
        <Pressable
          key={emoji}
          accessibilityRole="button"
          accessibilityLabel={spoken(emoji, count, mine)}
          accessibilityState={{ selected: mine }}
          hitSlop={space.s}
          onPress={() => void run(message, emoji)}
          style={[styles.one, mine && styles.mine]}
        >
          <Text style={styles.words}>{`${emoji} ${count}`}</Text>
        </Pressable>
      ))}
      <Problem says={problem} />
    </View>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    bar: { flexDirection: "row", flexWrap: "wrap", gap: space.xs },
    one: {
      paddingHorizontal: space.s,
      paddingVertical: space.xs,
      borderWidth: 1,
      borderColor: color.line,
      borderRadius: radius.round,
      backgroundColor: color.surface,
    },
    mine: { borderColor: color.accent },
    words: { color: color.text, fontSize: font.note },
  });
