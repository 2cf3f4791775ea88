import { expect, test } from "vitest";

import { day, night } from "@/lib/palette";

/** The least contrast of small text, by WCAG 2.2, level AA. */
const LEAST = 4.5;

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test.each(Object.entries({ day, night }))("text can be read by %s", (_, color) => {
  const pairs: [string, string][] = [
    [color.text, color.background],
    [color.text, color.surface],
    [color.quiet, color.background],
    [color.quiet, color.surface],
    [color.accent, color.background],
    [color.onAccent, color.accent],
    [color.danger, color.background],
  ];
  for (const [words, behind] of pairs) {
    expect(contrast(words, behind), `${words} on ${behind}`).toBeGreaterThanOrEqual(LEAST);
  }
});
