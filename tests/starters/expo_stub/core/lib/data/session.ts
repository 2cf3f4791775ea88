import type { Session } from "@/lib/data/types";

export declare function useSession(): Session;
export declare function useSignOut(): () => Promise<void>;
