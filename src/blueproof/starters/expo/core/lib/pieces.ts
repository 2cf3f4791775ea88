/** The UTF-8 length of a text, in bytes. */
function weight(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** Cuts a text into pieces of at most `most` bytes of UTF-8, never inside a character. */
export function pieces(text: string, most: number): string[] {
  const found: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const character of text) {
    const more = weight(character);
    if (bytes + more > most) {
      found.push(piece);
      piece = "";
      bytes = 0;
    }
    piece += character;
    bytes += more;
  }
  return [...found, piece];
}
