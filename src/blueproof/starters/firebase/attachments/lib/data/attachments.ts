import {
  type DocumentSnapshot,
  collection,
  limit,
  onSnapshot,
  orderBy,
  query,
} from "firebase/firestore";
import { getDownloadURL, ref, uploadBytes } from "firebase/storage";
import { useCallback, useEffect, useState } from "react";

import { messageId } from "./conversations";
import { speaking } from "./failure";
import { db } from "./firebase";
import { myId } from "./me";
import { sendMessage } from "./sending";
import { storage } from "./storage";

export type Attachment = {
  messageId: string;
  url: string;
  type: string;
  bytes: number;
  name: string;
};
type Picked = { uri: string; type: string; bytes: number; name: string };

const NEWEST = 100;
const MOST_BYTES = 10 * 1024 * 1024;

export function useAttachments(id: string): Record<string, Attachment> {
  const [attachments, setAttachments] = useState<Record<string, Attachment>>({});
  useEffect(() => {
    setAttachments({});
    let gone = false;
    const show = (found: Attachment[]) => {
      if (!gone) setAttachments(Object.fromEntries(found.map((each) => [each.messageId, each])));
    };
    const stop = onSnapshot(
      query(
        collection(db, "conversations", id, "attachments"),
        orderBy("at", "desc"),
        limit(NEWEST),
      ),
      (found) =>
        void Promise.allSettled(found.docs.map((each) => readAttachment(id, each))).then((all) =>
          show(all.flatMap(fulfilled)),
        ),
      () => show([]),
    );
    return () => {
      gone = true;
      stop();
    };
  }, [id]);
  return attachments;
}

/** The message first, then its file: the server takes a file only for a message of its sender. */
export function useSendFile(id: string): (file: Picked, clientId: string) => Promise<void> {
  return useCallback(
    speaking(async (file: Picked, clientId: string) => {
      if (file.bytes > MOST_BYTES) throw new Error("A file has at most 10 MiB.");
      const content = await (await fetch(file.uri)).blob();
      await sendMessage(id, { clientId, text: file.name.slice(0, 200) });
      const place = ref(storage, `attachments/${myId()}/${id}/${clientId}`);
      await uploadBytes(place, content, {
        contentType: file.type,
        customMetadata: { name: file.name },
      });
    }),
    [id],
  );
}

const urls = new Map<string, Promise<string>>();

async function readAttachment(id: string, found: DocumentSnapshot): Promise<Attachment> {
  const path = found.get("path") as string;
  const url = urls.get(path) ?? getDownloadURL(ref(storage, path));
  urls.set(path, url);
  url.catch(() => urls.delete(path));
  const { type, bytes, name } = found.data() as Attachment;
  return { messageId: messageId(id, found.id), url: await url, type, bytes, name };
}

function fulfilled<T>(result: PromiseSettledResult<T>): T[] {
  return result.status === "fulfilled" ? [result.value] : [];
}
