export declare function useExport(): () => Promise<string>;
export declare function useErase(): () => Promise<void>;
export declare function useRename(): (name: string) => Promise<void>;
