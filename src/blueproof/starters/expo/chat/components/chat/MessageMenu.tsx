import { useState, type ReactElement } from "react";
import { Modal, Pressable, StyleSheet, View } from "react-native";
import { KeyboardAvoidingView } from "react-native-keyboard-controller";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { Filled } from "@/components/Filled";
import { messageActions } from "@/lib/slots/chat";
import type { OnMessage } from "@/lib/chat/parts";
import { radius, space, useStyles, type Theme } from "@/lib/theme";

/** What can be done with a message, from the lower edge. */
export function MessageMenu({ on, close }: { on: OnMessage; close: () => void }) {
  const styles = useStyles(makeStyles);
  const { bottom } = useSafeAreaInsets();
  const [content, show] = useState<ReactElement | null>(null);
  return (
    <Modal transparent animationType="fade" onRequestClose={close}>
      <KeyboardAvoidingView behavior="padding" style={styles.whole}>
        <Pressable accessibilityRole="button" accessibilityLabel="Close" style={styles.shade} onPress={close} />
        <View accessibilityViewIsModal style={[styles.sheet, { paddingBottom: bottom + space.m }]}>
          {content ?? <Filled place={messageActions} given={{ ...on, close, show }} />}
        </View>
      </KeyboardAvoidingView>
    </Modal>
  );
}

const makeStyles = ({ color }: Theme) =>
  StyleSheet.create({
    whole: { flex: 1 },
    shade: { flex: 1, backgroundColor: color.shade },
    sheet: {
      paddingTop: space.m,
      borderTopLeftRadius: radius.l,
      borderTopRightRadius: radius.l,
      backgroundColor: color.background,
    },
  });
