import type { Message } from "@/lib/data/types";

export declare function useEdit(): (message: Message, text: string) => Promise<void>;
export declare function useDelete(): (message: Message) => Promise<void>;
