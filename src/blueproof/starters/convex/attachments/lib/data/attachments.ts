import { useMutation, useQuery } from "convex/react";
import { useCallback, useMemo } from "react";

import { api } from "@/convex/_generated/api";
import type { Id } from "@/convex/_generated/dataModel";
import { told } from "@/lib/data/telling";
import { useKept, useNewest } from "@/lib/data/useNewest";

export type Attachment = {
  messageId: string;
  url: string;
  type: string;
  bytes: number;
  name: string;
};
type File = { uri: string; type: string; bytes: number; name: string };

const NONE: Attachment[] = [];
const FAILED = "The file could not be sent. Please try again.";

export function useAttachments(id: string): Record<string, Attachment> {
  const newest = useNewest(id);
  const conversationId = id as Id<"conversations">;
  const found = useKept(useQuery(api.attachments.list, { conversationId, newest }), NONE);
  return useMemo(() => Object.fromEntries(found.map((each) => [each.messageId, each])), [found]);
}

export function useSendFile(id: string): (file: File, clientId: string) => Promise<void> {
  const uploadUrl = useMutation(api.attachments.uploadUrl);
  const send = useMutation(api.attachments.send);
  const conversationId = id as Id<"conversations">;
  return useCallback(
    async (file, clientId) => {
      const storageId = await told(upload(await told(uploadUrl({ conversationId })), file), FAILED);
      const { refused } = await told(
        send({ conversationId, clientId, storageId, name: file.name }),
      );
      if (refused !== null) throw new Error(refused);
    },
    [uploadUrl, send, conversationId],
  );
}

async function upload(url: string, file: File): Promise<Id<"_storage">> {
  const content = await (await fetch(file.uri)).blob();
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": file.type },
    body: content,
  });
  if (!answer.ok) throw new Error(`The upload was answered with ${answer.status}.`);
  const { storageId } = (await answer.json()) as { storageId: Id<"_storage"> };
  return storageId;
}
