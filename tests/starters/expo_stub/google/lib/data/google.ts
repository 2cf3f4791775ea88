export declare function useGoogle(): () => Promise<void>;
