import { ConvexError } from "convex/values";

/** Waits for a call; what the server refused comes out as an Error with its sentence. */
export async function told<T>(
  call: Promise<T>,
  otherwise = "Something went wrong. Please try again.",
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const sentence =
      error instanceof ConvexError && typeof error.data === "string" ? error.data : otherwise;
    throw new Error(sentence, { cause: error });
  }
}
