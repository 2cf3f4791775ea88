export declare function useApple(): () => Promise<void>;
