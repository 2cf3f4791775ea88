import { useRouter } from "expo-router";
import { memo } from "react";
import { Pressable, StyleSheet, Text, View } from "react-native";

import { Avatar } from "@/components/Avatar";
import { Filled } from "@/components/Filled";
import { Words } from "@/components/Words";
import { shortTime } from "@/lib/chat/days";
import type { InConversation } from "@/lib/chat/parts";
import { badge } from "@/lib/chat/unread";
import { useMe } from "@/lib/me";
import { inboxParts } from "@/lib/slots/chat";
import { font, radius, space, useStyles, type Theme } from "@/lib/theme";

export const InboxRow = memo(function InboxRow({ conversation }: InConversation) {
  const styles = useStyles(makeStyles);
  const router = useRouter();
  const me = useMe();
  const { id, title, preview, people, group, unread, muted, at } = conversation;
  const other = group ? undefined : people.find((person) => person.id !== me.id);
  const count = badge(unread);
  return (
    <Pressable
      accessibilityRole="button"
      accessibilityLabel={[title, preview, count && `${count} unread`, muted && "Muted"]
        .filter(Boolean)
        .join(". ")}
      onPress={() => router.push({ pathname: "/conversation/[id]", params: { id } })}
      style={({ pressed }) => [styles.row, pressed && styles.pressed]}
    >
      <View>
        <Avatar person={other ?? { name: title, photo: null }} size={48} />
        <Filled place={inboxParts} given={{ conversation }} />
      </View>
      <View style={styles.words}>
        <Words numberOfLines={1} style={unread > 0 && styles.strong}>
          {title}
        </Words>
        <Words kind="note" numberOfLines={1}>
          {preview}
        </Words>
      </View>
      <View style={styles.side}>
        <Words kind="note">{shortTime(at, Date.now())}</Words>
        {count ? (
          <View style={[styles.badge, muted && styles.mutedBadge]}>
            <Text style={styles.count}>{count}</Text>
          </View>
        ) : null}
      </View>
    </Pressable>
  );
});

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    row: { flexDirection: "row", alignItems: "center", gap: space.m, padding: space.m },
    pressed: { backgroundColor: color.surface },
    words: { flex: 1, gap: space.xs },
    strong: { fontWeight: "600" },
    side: { alignItems: "flex-end", gap: space.xs },
    badge: {
      minWidth: space.xl,
      alignItems: "center",
      paddingHorizontal: space.s,
      borderRadius: radius.round,
      backgroundColor: color.accent,
    },
    mutedBadge: { backgroundColor: color.quiet },
    count: { color: color.onAccent, fontSize: font.note, fontWeight: "600" },
  });
