import { useMemo } from "react";
import { useColorScheme } from "react-native";

export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 40 } as const;
export const radius = { s: 8, m: 14, l: 20, round: 999 } as const;
export const font = { small: 12, note: 13, body: 16, title: 20, heading: 28 } as const;
/** The least height and width of anything to press, by the guidelines of both platforms. */
export const touch = 44;

const day = {
  background: "#ffffff",
  surface: "#f2f3f5",
  line: "#dcdfe4",
  text: "#14171c",
  quiet: "#5b6470",
  accent: "#1f5fd0",
  onAccent: "#ffffff",
  danger: "#b3261e",
  good: "#1b7f4b",
  shade: "rgba(0, 0, 0, 0.45)",
};
const night: typeof day = {
  background: "#101317",
  surface: "#1c2128",
  line: "#313842",
  text: "#eef1f5",
  quiet: "#a3adba",
  accent: "#2f6fe0",
  onAccent: "#ffffff",
  danger: "#ff8a80",
  good: "#5fd39a",
  shade: "rgba(0, 0, 0, 0.65)",
};

export type Theme = { dark: boolean; color: typeof day };

export function useTheme(): Theme {
  const dark = useColorScheme() === "dark";
  return useMemo(() => ({ dark, color: dark ? night : day }), [dark]);
}

/** Styles that follow day and night; `make` stands outside the component. */
export function useStyles<S>(make: (theme: Theme) => S): S {
  const theme = useTheme();
  return useMemo(() => make(theme), [make, theme]);
}
