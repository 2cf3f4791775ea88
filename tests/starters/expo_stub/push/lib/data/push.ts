export declare function useSaveToken(): (
  token: string,
  platform: "ios" | "android",
) => Promise<void>;
export declare function useForgetToken(): (token: string) => Promise<void>;
export declare function useTellOpen(): (conversationId: string | null) => Promise<void>;
