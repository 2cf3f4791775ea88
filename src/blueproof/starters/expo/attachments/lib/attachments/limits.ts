/** A file as it was chosen, before it is sent. */
export type Picked = { uri: string; type: string; bytes: number; name: string };

const MEGABYTE = 1024 * 1024;

/** The server refuses what is beyond these too. */
export const MOST_BYTES = 10 * MEGABYTE;
export const TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "image/heic",
  "application/pdf",
];

/** Why a file cannot be sent, before anything is uploaded; null if it can. */
export function problemOf({ type, bytes }: Picked): string | null {
  if (!TYPES.includes(type)) return "Only pictures and PDF files can be sent.";
  if (bytes === 0) return "This file is empty.";
  if (bytes > MOST_BYTES)
    return `This file has ${size(bytes)}. At most ${size(MOST_BYTES)} can be sent.`;
  return null;
}

/** A size as people read it. */
export function size(bytes: number): string {
  if (bytes < MEGABYTE) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / MEGABYTE).toFixed(1).replace(/\.0$/, "")} MB`;
}

export const isImage = (type: string) => type.startsWith("image/");
