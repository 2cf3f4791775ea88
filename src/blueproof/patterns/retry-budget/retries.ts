import { setTimeout as pause } from "node:timers/promises";

/**
 * What a client may spend on retries of one dependency. Each first call pays in a share of a retry,
 * so that retries stay below that share of the calls however many of them fail.
 */
export class RetryBudget {
  #tokens = 0;
  readonly share: number;
  readonly saved: number;

  /** `saved` retries at most are kept for later, or a quiet night would pay for a storm. */
  constructor({ share = 0.1, saved = 10 } = {}) {
    this.share = share;
    this.saved = saved;
  }

  payIn(): void {
    this.#tokens = Math.min(this.saved, this.#tokens + this.share);
  }

  /** Take one retry; false where there is none, and the failure goes to the caller at once. */
  spend(): boolean {
    // The shares are fractions of two: ten times 0.1 is a little less than 1.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Thrown by a call that may be repeated: a timeout, a lost connection, a 429, 502, 503 or 504. */
export class TransientError extends Error {}

/**
 * Call with retries. All calls of a dependency share one budget, and only one layer retries: with
 * three layers of three retries each, one request becomes 64 calls.
 */
export async function withRetries<T>(
  budget: RetryBudget,
  call: () => Promise<T>,
  { attempts = 3, baseMilliseconds = 100, longestMilliseconds = 5_000 } = {},
): Promise<T> {
  budget.payIn();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const last = attempt >= attempts || !(error instanceof TransientError);
      if (last || !budget.spend()) throw error;
    }
    // Anything from nothing to the whole pause, so that those who failed together spread out.
    const longest = Math.min(longestMilliseconds, baseMilliseconds * 2 ** (attempt - 1));
    await pause(Math.random() * longest);
  }
}
