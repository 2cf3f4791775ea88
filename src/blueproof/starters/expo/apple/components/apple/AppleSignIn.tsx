import {
  AppleAuthenticationButton,
  AppleAuthenticationButtonStyle,
  AppleAuthenticationButtonType,
  isAvailableAsync,
} from "expo-apple-authentication";
import { useEffect, useState } from "react";
import { StyleSheet } from "react-native";

import { Problem } from "@/components/Problem";
import { useAction } from "@/lib/action";
import { useApple } from "@/lib/data/apple";
import { report } from "@/lib/monitoring";
import { radius, touch, useTheme } from "@/lib/theme";

/** Apple's own button, where the device has it. */
export function AppleSignIn() {
  const { dark } = useTheme();
  const { run, busy, problem } = useAction("apple sign-in", useApple());
  const available = useAvailable();
  if (!available) return null;
  return (
    <>
      <AppleAuthenticationButton
        buttonType={AppleAuthenticationButtonType.CONTINUE}
        buttonStyle={
          dark ? AppleAuthenticationButtonStyle.WHITE : AppleAuthenticationButtonStyle.BLACK
        }
        cornerRadius={radius.m}
        style={styles.button}
        onPress={() => {
          if (!busy) void run();
        }}
      />
      <Problem says={problem} />
    </>
  );
}

function useAvailable(): boolean {
  const [available, setAvailable] = useState(false);
  useEffect(() => {
    isAvailableAsync().then(setAvailable, (error: unknown) => report(error, "apple sign-in"));
  }, []);
  return available;
}

const styles = StyleSheet.create({ button: { height: touch } });
