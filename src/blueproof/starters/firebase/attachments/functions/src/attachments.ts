import { FieldValue } from "firebase-admin/firestore";
import { getStorage } from "firebase-admin/storage";
import { onObjectFinalized } from "firebase-functions/storage";

import { db } from "./app.js";
import { drain } from "./batches.js";
import { BEGINNING_BYTES, MOST_BYTES, isWhatItSays } from "./file-types.js";
import type { AfterDeletion, Message } from "./message-hooks.js";

type Place = { uid: string; conversation: string; message: string };

/** Shows an uploaded file in its conversation once it is known to be what it says; deletes it otherwise. */
export const onUpload = onObjectFinalized({ retry: true }, async (event) => {
  const place = placeOf(event.data.name);
  if (!place) return;
  const file = getStorage().bucket(event.data.bucket).file(event.data.name);
  const [exists] = await file.exists();
  if (!exists) return;
  const [metadata] = await file.getMetadata();
  const type = metadata.contentType ?? "";
  const bytes = Number(metadata.size);
  const [beginning] = await file.download({ start: 0, end: BEGINNING_BYTES - 1 });
  if (bytes > MOST_BYTES || !isWhatItSays(type, beginning) || !(await belongs(place))) {
    await file.delete({ ignoreNotFound: true });
    return;
  }
  await db.doc(`conversations/${place.conversation}/attachments/${place.message}`).set({
    author: place.uid,
    path: event.data.name,
    type,
    bytes,
    name: String(metadata.metadata?.name ?? "file").slice(0, 200),
    at: FieldValue.serverTimestamp(),
  });
});

export const removeAttachment: AfterDeletion = async (conversationId, messageId) => {
  const ref = db.doc(`conversations/${conversationId}/attachments/${messageId}`);
  const path = (await ref.get()).get("path") as string | undefined;
  if (!path) return;
  await getStorage().bucket().file(path).delete({ ignoreNotFound: true });
  await ref.delete();
};

export async function exportAttachments(uid: string) {
  const found = await attachmentsOf(uid).get();
  return found.docs.map((each) => ({
    name: each.get("name"),
    type: each.get("type"),
    bytes: each.get("bytes"),
  }));
}

export async function eraseAttachments(uid: string): Promise<void> {
  await getStorage()
    .bucket()
    .deleteFiles({ prefix: `attachments/${uid}/`, force: true });
  await drain(attachmentsOf(uid), (batch, found) => batch.delete(found.ref));
}

export function placeOf(name: string): Place | undefined {
  const [folder, uid, conversation, message, ...rest] = name.split("/");
  if (folder !== "attachments" || !uid || !conversation || !message || rest.length > 0)
    return undefined;
  return { uid, conversation, message };
}

async function belongs({ uid, conversation, message }: Place): Promise<boolean> {
  const found = await db.doc(`conversations/${conversation}/messages/${message}`).get();
  const written = found.data() as Message | undefined;
  return written?.author === uid && written.deleted !== true;
}

function attachmentsOf(uid: string) {
  return db.collectionGroup("attachments").where("author", "==", uid);
}
