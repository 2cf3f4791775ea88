import type { ReactNode } from "react";
import { StyleSheet, View } from "react-native";
import { KeyboardAwareScrollView } from "react-native-keyboard-controller";
import { useSafeAreaInsets } from "react-native-safe-area-context";

import { space } from "@/lib/theme";

/** A screen that scrolls, with its fields kept above the keyboard. */
export function Page({ children }: { children: ReactNode }) {
  const { bottom } = useSafeAreaInsets();
  return (
    <KeyboardAwareScrollView
      bottomOffset={space.xl}
      keyboardShouldPersistTaps="handled"
      contentContainerStyle={{ paddingBottom: bottom + space.l }}
    >
      {children}
    </KeyboardAwareScrollView>
  );
}

export function Form({ children }: { children: ReactNode }) {
  return <View style={styles.form}>{children}</View>;
}

const styles = StyleSheet.create({ form: { gap: space.m, padding: space.l } });
