const DAY = 24 * 60 * 60 * 1000;

/** A phone stays signed in while it is used; one that lies in a drawer for two months does not. */
export const session = { totalDurationMs: 365 * DAY, inactiveDurationMs: 60 * DAY };
