export declare function useReadUpTo(id: string): Record<string, number>;
