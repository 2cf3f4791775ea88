import type { Conversation, Message, Page, Person } from "@/lib/data/types";

export declare function useInbox(): Page<Conversation>;
export declare function useConversation(id: string): Conversation | null | undefined;
export declare function useMessages(id: string): Page<Message>;
export declare function useSend(
  id: string,
): (draft: { clientId: string; text: string }) => Promise<void>;
export declare function useMarkRead(id: string): (last: Message) => Promise<void>;
export declare function useOpenDirect(): (personId: string) => Promise<string>;
export declare function useFindPerson(): (email: string) => Promise<Person | null>;
export declare function useMute(id: string): (muted: boolean) => Promise<void>;
