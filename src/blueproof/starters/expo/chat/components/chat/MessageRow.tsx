import { memo } from "react";
import { Pressable, StyleSheet, Text, View } from "react-native";

import { FailedLine } from "@/components/chat/FailedLine";
import { Filled } from "@/components/Filled";
import { Words } from "@/components/Words";
import { timeOfDay } from "@/lib/chat/days";
import type { OnMessage } from "@/lib/chat/parts";
import type { Message } from "@/lib/data/types";
import { messageActions, messageParts } from "@/lib/slots/chat";
import { font, radius, space, useStyles, type Theme } from "@/lib/theme";

type Props = OnMessage & { first: boolean; openMenu: (on: OnMessage) => void };

export const MessageRow = memo(function MessageRow({ first, openMenu, ...on }: Props) {
  const styles = useStyles(makeStyles);
  const { conversation, message, mine } = on;
  const settled = message.state === "sent" && !message.deleted;
  return (
    <View style={[styles.row, mine ? styles.right : styles.left]}>
      {first && !mine && conversation.group ? (
        <Words kind="note">{message.author.name}</Words>
      ) : null}
      <Bubble on={on} openMenu={settled && messageActions.length > 0 ? openMenu : undefined} />
      {settled ? <Filled place={messageParts} given={on} /> : null}
      {message.state === "failed" ? <FailedLine message={message} /> : null}
    </View>
  );
});

function Bubble({ on, openMenu }: { on: OnMessage; openMenu: Props["openMenu"] | undefined }) {
  const styles = useStyles(makeStyles);
  const { message, mine } = on;
  const text = message.deleted ? "This message was deleted" : message.text;
  const when = whenOf(message);
  const open = openMenu && (() => openMenu(on));
  return (
    <Pressable
      accessible
      accessibilityLabel={`${mine ? "You" : message.author.name}: ${text}. ${when}`}
      accessibilityActions={
        open ? [{ name: "longpress", label: "What to do with this message" }] : []
      }
      onAccessibilityAction={open}
      onLongPress={open}
      style={[styles.bubble, mine ? styles.mine : styles.theirs]}
    >
      {text ? (
        <Text style={[styles.text, mine && styles.textMine, message.deleted && styles.gone]}>
          {text}
        </Text>
      ) : null}
      <Text style={[styles.time, mine && styles.textMine]}>{when}</Text>
    </Pressable>
  );
}

function whenOf({ state, at }: Message): string {
  if (state === "failed") return "Not sent";
  return at === null ? "Sending" : timeOfDay(at);
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    row: {
      gap: space.xs,
      marginVertical: space.xs / 2,
      paddingHorizontal: space.m,
      maxWidth: "88%",
    },
    left: { alignSelf: "flex-start", alignItems: "flex-start" },
    right: { alignSelf: "flex-end", alignItems: "flex-end" },
    bubble: { paddingHorizontal: space.m, paddingVertical: space.s, borderRadius: radius.m },
    mine: { backgroundColor: color.accent },
    theirs: { backgroundColor: color.surface },
    text: { color: color.text, fontSize: font.body },
    textMine: { color: color.onAccent },
    gone: { fontStyle: "italic" },
    time: { alignSelf: "flex-end", color: color.quiet, fontSize: font.small },
  });
