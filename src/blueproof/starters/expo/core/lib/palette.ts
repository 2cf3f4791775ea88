/** The colours of day and night; palette.test.ts holds them to a contrast that can be read. */
export const day = {
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
export const night: typeof day = {
  background: "#101317",
  surface: "#1c2128",
  line: "#313842",
  text: "#eef1f5",
  quiet: "#a3adba",
  accent: "#7fb0ff",
  onAccent: "#0b1a33",
  danger: "#ff8a80",
  good: "#5fd39a",
  shade: "rgba(0, 0, 0, 0.65)",
};
