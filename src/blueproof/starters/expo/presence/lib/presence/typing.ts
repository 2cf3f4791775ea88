/** "Ada is typing", "Ada and Bob are typing", or how many. */
export function typingLine(names: string[]): string | null {
  const [first, second] = names;
  if (first === undefined) return null;
  if (second === undefined) return `${first} is typing`;
  return names.length === 2
    ? `${first} and ${second} are typing`
    : `${names.length} people are typing`;
}
