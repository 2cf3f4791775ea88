import type { Message } from "@/lib/data/types";

export type Line =
  | { kind: "day"; key: string; at: number }
  | { kind: "message"; key: string; message: Message; first: boolean };

/**
 * The lines of a conversation, newest first as the list shows them from below: after the oldest
 * message of each day comes the day's line. `first` is true where another author begins.
 */
export function lines(messages: Message[], now: number): Line[] {
  return messages.flatMap((message, index) => {
    const older = messages[index + 1];
    const begins = !older || dayOf(older.at ?? now) !== dayOf(message.at ?? now);
    const first = begins || older.author.id !== message.author.id;
    const line: Line = { kind: "message", key: message.clientId, message, first };
    const at = message.at ?? now;
    return begins ? [line, { kind: "day", key: `day ${dayOf(at)}`, at }] : [line];
  });
}

/** The day in the time zone of the device, as 2026-02-28. */
function dayOf(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** "Today", "Yesterday", or the date in the words of the device's language. */
export function dayName(at: number, now: number, locale?: string): string {
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (dayOf(at) === dayOf(now)) return "Today";
  if (dayOf(at) === dayOf(yesterday.getTime())) return "Yesterday";
  const sameYear = new Date(at).getFullYear() === today.getFullYear();
  return new Date(at).toLocaleDateString(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

export function timeOfDay(at: number, locale?: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
}

/** In a list: the time of today, else the date. */
export function shortTime(at: number, now: number, locale?: string): string {
  if (dayOf(at) === dayOf(now)) return timeOfDay(at, locale);
  return new Date(at).toLocaleDateString(locale, { day: "numeric", month: "short" });
}
