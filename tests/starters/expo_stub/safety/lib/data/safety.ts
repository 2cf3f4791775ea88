import type { Message, Person } from "@/lib/data/types";

export declare function useBlock(): (personId: string) => Promise<void>;
export declare function useUnblock(): (personId: string) => Promise<void>;
export declare function useBlocked(): Person[];
export declare function useReport(): (message: Message, reason: string) => Promise<void>;
