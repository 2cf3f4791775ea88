export declare function useAnonymous(): () => Promise<void>;
export declare function useUpgrade(): (
  email: string,
  password: string,
  name: string,
) => Promise<void>;
