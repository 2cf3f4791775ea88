import { db } from "./app.js";

/**
 * In a group of both, who has blocked somebody is spared what they write.
 *
 * Most people are blocked by nobody: that is one read. Only an author whom as many have blocked as
 * there are readers makes it one read for each reader.
 */
export async function blockers(
  author: string,
  readers: readonly string[],
): Promise<readonly string[]> {
  // An account that has been erased since leaves its messages without an author.
  if (readers.length === 0 || author === "") return [];
  const few = await db
    .collectionGroup("blocks")
    .where("person", "==", author)
    .limit(readers.length)
    .get();
  if (few.size < readers.length) {
    const found = new Set(few.docs.map((block) => block.ref.parent.parent?.id));
    return readers.filter((id) => found.has(id));
  }
  const blocks = await db.getAll(...readers.map((id) => db.doc(`users/${id}/blocks/${author}`)));
  return readers.filter((_, index) => blocks[index]?.exists);
}
