import { useState } from "react";
import { Pressable, StyleSheet, Text, TextInput, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { Filled } from "@/components/Filled";
import { useWrite } from "@/lib/chat/outbox";
import type { InConversation } from "@/lib/chat/parts";
import { composerActions, onText } from "@/lib/slots/chat";
import { font, radius, space, touch, useStyles, useTheme, type Theme } from "@/lib/theme";

const LONGEST_TEXT = 4000;
const MOST_HEIGHT = 140;

export function Composer({ conversation }: InConversation) {
  const styles = useStyles(makeStyles);
  const { color } = useTheme();
  const { bottom } = useSafeAreaInsets();
  const write = useWrite(conversation.id);
  const tell = onText.map((useTold) => useTold());
  const [text, setText] = useState("");
  const ready = text.trim() !== "";
  const change = (value: string) => {
    setText(value);
    if (value) tell.forEach((each) => each());
  };
  const send = () => {
    write(text.trim());
    setText("");
  };
  return (
    <View style={[styles.bar, { paddingBottom: Math.max(bottom, space.s) }]}>
      <Filled place={composerActions} given={{ conversation }} />
      <TextInput
        accessibilityLabel="Message"
        placeholder="Message"
        placeholderTextColor={color.quiet}
        style={styles.input}
        value={text}
        onChangeText={change}
        maxLength={LONGEST_TEXT}
        multiline
      />
      <Pressable
        accessibilityRole="button"
        accessibilityLabel="Send"
        accessibilityState={{ disabled: !ready }}
        disabled={!ready}
        onPress={send}
        style={[styles.send, !ready && styles.off]}
      >
        <Text style={styles.sendLabel}>Send</Text>
      </Pressable>
    </View>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    bar: {
      flexDirection: "row",
      alignItems: "flex-end",
      gap: space.s,
      paddingHorizontal: space.m,
      paddingTop: space.s,
      borderTopWidth: StyleSheet.hairlineWidth,
      borderTopColor: color.line,
      backgroundColor: color.background,
    },
    input: {
      flex: 1,
      minHeight: touch,
      maxHeight: MOST_HEIGHT,
      paddingHorizontal: space.m,
      paddingVertical: space.m,
      borderRadius: radius.l,
      color: color.text,
      backgroundColor: color.surface,
      fontSize: font.body,
    },
    send: {
      minHeight: touch,
      minWidth: touch,
      justifyContent: "center",
      paddingHorizontal: space.m,
    },
    off: { opacity: 0.4 },
    sendLabel: { color: color.accent, fontSize: font.body, fontWeight: "600" },
  });
