import type { Message } from "@/lib/data/types";

export declare function useReact(): (message: Message, emoji: string) => Promise<void>;
export declare function useReactions(
  id: string,
): Record<string, { emoji: string; count: number; mine: boolean }[]>;
