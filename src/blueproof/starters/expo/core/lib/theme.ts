import { useMemo } from "react";
import { useColorScheme } from "react-native";

import { day, night } from "@/lib/palette";

export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 40 } as const;
export const radius = { s: 8, m: 14, l: 20, round: 999 } as const;
export const font = { small: 12, note: 13, body: 16, title: 20, heading: 28 } as const;
/** The least height and width of anything to press, by the guidelines of both platforms. */
export const touch = 44;

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
