/** What can be chosen, with the word that a screen reader says. */
export const choices = [
  { emoji: "👍", word: "thumbs up" },
  { emoji: "❤️", word: "heart" },
  { emoji: "😂", word: "laughing" },
  { emoji: "😮", word: "surprised" },
  { emoji: "😢", word: "sad" },
  { emoji: "🙏", word: "thanks" },
] as const;

export function spoken(emoji: string, count: number, mine: boolean): string {
  const word = choices.find((choice) => choice.emoji === emoji)?.word ?? emoji;
  return `${word}, ${count}${mine ? ", yours is one of them" : ""}`;
}
