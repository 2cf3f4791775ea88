export type Attachment = {
  messageId: string;
  url: string;
  type: string;
  bytes: number;
  name: string;
};
export declare function useAttachments(id: string): Record<string, Attachment>;
export declare function useSendFile(
  id: string,
): (
  file: { uri: string; type: string; bytes: number; name: string },
  clientId: string,
) => Promise<void>;
