/** Of each type that may be attached, what the file begins with, in hexadecimal; dots stand for any digit. */
const BEGINNINGS: Readonly<Record<string, RegExp>> = {
  "image/jpeg": /^ffd8ff/,
  "image/png": /^89504e470d0a1a0a/,
  "image/webp": /^52494646.{8}57454250/,
  "image/gif": /^47494638(37|39)61/,
  "image/heic": /^.{8}66747970(68656963|68656978|6d696631|6d736631|68657663)/,
  "application/pdf": /^25504446/,
};

export const BEGINNING_BYTES = 16;
export const MOST_BYTES = 10 * 1024 * 1024;

/** Whether a file is what its label says: the label is the sender's word. */
export function isWhatItSays(type: string, beginning: Buffer): boolean {
  return BEGINNINGS[type]?.test(beginning.toString("hex")) ?? false;
}
