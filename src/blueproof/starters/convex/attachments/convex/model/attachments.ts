import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { EXPORT_PAGE, type ExportPage } from "./exporting";

const LARGEST_FILE = 20 * 1024 * 1024;
const NAME_LENGTH = 120;
/** Nothing that a browser would run if it opened the address. */
const TYPES = new Set([
  "application/pdf",
  "audio/m4a",
  "audio/mp4",
  "image/gif",
  "image/heic",
  "image/jpeg",
  "image/png",
  "image/webp",
  "video/mp4",
  "video/quicktime",
]);

/** Why a stored file may not be sent, in a sentence for people; null if it may. */
export function faultOf(contentType: string | undefined, size: number): string | null {
  if (contentType === undefined || !TYPES.has(contentType))
    return "Files of this type cannot be sent.";
  if (size > LARGEST_FILE) return `A file has at most ${LARGEST_FILE / 1024 / 1024} MB.`;
  return size === 0 ? "This file is empty." : null;
}

/** A file's name without control characters, paths and what turns the reading direction. */
export function checkedFileName(name: string): string {
  const last =
    name
      .replace(/[\p{Control}\p{Format}]/gu, "")
      .split(/[/\\]/)
      .at(-1)
      ?.trim() ?? "";
  return [...last].slice(-NAME_LENGTH).join("") || "file";
}

export async function isSent(ctx: QueryCtx, storageId: Id<"_storage">): Promise<boolean> {
  const sent = await ctx.db
    .query("attachments")
    .withIndex("by_storage", (q) => q.eq("storageId", storageId))
    .first();
  return sent !== null;
}

/** The file goes with the content of its message. */
export async function dropAttachments(ctx: MutationCtx, message: Doc<"messages">): Promise<void> {
  const attachment = await ctx.db
    .query("attachments")
    .withIndex("by_message", (q) => q.eq("messageId", message._id))
    .unique();
  if (attachment === null) return;
  await ctx.storage.delete(attachment.storageId);
  await ctx.db.delete(attachment._id);
}

export async function exportAttachments(
  ctx: QueryCtx,
  userId: Id<"users">,
  cursor: string | null,
): Promise<ExportPage> {
  const page = await ctx.db
    .query("messages")
    .withIndex("by_author", (q) => q.eq("authorId", userId))
    .paginate({ numItems: EXPORT_PAGE, cursor });
  const found = await Promise.all(page.page.map(({ _id }) => exported(ctx, _id)));
  return { items: found.filter(Boolean), cursor: page.isDone ? null : page.continueCursor };
}

async function exported(ctx: QueryCtx, messageId: Id<"messages">) {
  const attachment = await ctx.db
    .query("attachments")
    .withIndex("by_message", (q) => q.eq("messageId", messageId))
    .unique();
  if (attachment === null) return null;
  const { name, type, bytes, storageId } = attachment;
  return { message: messageId, name, type, bytes, url: await ctx.storage.getUrl(storageId) };
}
