import type { ReactNode } from "react";
import { Modal, Pressable, StyleSheet, View } from "react-native";
import { KeyboardAvoidingView } from "react-native-keyboard-controller";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { radius, space, useStyles, type Theme } from "@/lib/theme";

/** A panel at the lower edge, over a shaded screen; pressing the shade closes it. */
export function Sheet({ close, children }: { close: () => void; children: ReactNode }) {
  const styles = useStyles(makeStyles);
  const { bottom } = useSafeAreaInsets();
  return (
    <Modal transparent animationType="fade" onRequestClose={close}>
      <KeyboardAvoidingView behavior="padding" style={styles.whole}>
        <Pressable
          accessibilityRole="button"
          accessibilityLabel="Close"
          style={styles.shade}
          onPress={close}
        />
        <View accessibilityViewIsModal style={[styles.sheet, { paddingBottom: bottom + space.m }]}>
          {children}
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
