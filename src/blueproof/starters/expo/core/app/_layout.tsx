import {
  DarkTheme,
  DefaultTheme,
  Stack,
  ThemeProvider,
  type Theme as Navigation,
} from "expo-router";
import * as SplashScreen from "expo-splash-screen";
import { StatusBar } from "expo-status-bar";
import { useEffect, useMemo } from "react";
import { KeyboardProvider } from "react-native-keyboard-controller";
import { SafeAreaProvider } from "react-native-safe-area-context";

import { Provider } from "@/lib/data/provider";
import { useSession } from "@/lib/data/session";
import { useTheme, type Theme } from "@/lib/theme";

export { ErrorBoundary } from "@/components/Crash";

void SplashScreen.preventAutoHideAsync();

export default function RootLayout() {
  return (
    <SafeAreaProvider>
      <KeyboardProvider>
        <Provider>
          <Screens />
        </Provider>
      </KeyboardProvider>
    </SafeAreaProvider>
  );
}

/** Nothing is drawn before it is known who is there: no flash of the sign-in screen. */
function Screens() {
  const { state } = useSession();
  const theme = useTheme();
  const navigation = useMemo(() => navigationTheme(theme), [theme]);
  useEffect(() => {
    if (state !== "loading") SplashScreen.hide();
  }, [state]);
  if (state === "loading") return null;
  return (
    <ThemeProvider value={navigation}>
      <StatusBar style="auto" />
      <Stack screenOptions={{ headerShown: false }}>
        <Stack.Protected guard={state === "in"}>
          <Stack.Screen name="(app)" />
        </Stack.Protected>
        <Stack.Protected guard={state === "out"}>
          <Stack.Screen name="sign-in" />
        </Stack.Protected>
      </Stack>
    </ThemeProvider>
  );
}

function navigationTheme({ dark, color }: Theme): Navigation {
  const base = dark ? DarkTheme : DefaultTheme;
  return {
    ...base,
    colors: {
      ...base.colors,
      primary: color.accent,
      background: color.background,
      card: color.background,
      text: color.text,
      border: color.line,
      notification: color.danger,
    },
  };
}
