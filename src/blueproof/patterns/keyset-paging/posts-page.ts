import type { Pool } from "pg";

export interface Post {
  id: string;
  title: string;
  created_at: string;
}

/** A page, and the cursor of the next one; no cursor where this was the last. */
export interface Page {
  posts: Post[];
  next?: string;
}

// created_at travels as text: a JavaScript Date would cut its microseconds off, and posts of the
// same millisecond would come twice or never. ORDER BY names the table, or it would sort the text.
const PAGE = `SELECT id, title, created_at::text FROM posts
  WHERE (created_at, id) < ($1::timestamptz, $2::bigint)
  ORDER BY posts.created_at DESC, posts.id DESC LIMIT $3`;
const START = ["infinity", "9223372036854775807"];

/** The page after `cursor`, newest first; the cursor is the last post seen, not a row number. */
export async function postsPage(pool: Pool, size: number, cursor?: string): Promise<Page> {
  // One row more than the page has tells whether there is a next one.
  const { rows } = await pool.query<Post>(PAGE, [...(cursor ? read(cursor) : START), size + 1]);
  const posts = rows.slice(0, size);
  const last = posts.at(-1);
  return rows.length > size && last ? { posts, next: cursorOf(last) } : { posts };
}

function cursorOf(post: Post): string {
  return Buffer.from(JSON.stringify([post.created_at, post.id])).toString("base64url");
}

/** The time and id in a cursor; it comes from the client, so it may be anything. */
function read(cursor: string): string[] {
  try {
    const [time, id] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Number.isNaN(Date.parse(time)) && /^\d{1,19}$/.test(id)) return [time, id];
  } catch {
    // Not ours: told below.
  }
  throw new RangeError("not a cursor of this list");
}
