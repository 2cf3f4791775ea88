import { ConvexError } from "convex/values";

/** Ends the call with a sentence that may be shown to a person; other errors are hidden from clients. */
export function refuse(sentence: string): never {
  throw new ConvexError(sentence);
}
