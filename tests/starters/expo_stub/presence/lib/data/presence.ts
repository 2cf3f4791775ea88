export declare function useTyping(id: string): { names: string[]; type: () => void };
export declare function useOnline(ids: string[]): Record<string, boolean>;
