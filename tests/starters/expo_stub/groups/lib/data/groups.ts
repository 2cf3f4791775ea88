export declare function useCreateGroup(): (title: string, people: string[]) => Promise<string>;
export declare function useAdd(id: string): (personId: string) => Promise<void>;
export declare function useRemove(id: string): (personId: string) => Promise<void>;
export declare function useLeave(id: string): () => Promise<void>;
