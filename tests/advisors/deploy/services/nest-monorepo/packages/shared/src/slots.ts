export enum BookingState {
  Open = "open",
  Reminded = "reminded",
  Cancelled = "cancelled",
}

const FIRST_HOUR = 7;
const LAST_HOUR = 22;

/** The hours of a day on which a court can still be booked. */
export function freeSlots(taken: readonly Date[]): number[] {
  const gone = new Set(taken.map((date) => date.getUTCHours()));
  const hours = Array.from({ length: LAST_HOUR - FIRST_HOUR }, (_, n) => n + FIRST_HOUR);
  return hours.filter((hour) => !gone.has(hour));
}
