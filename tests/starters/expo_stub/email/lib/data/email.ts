export declare function useEmail(): {
  signIn(email: string, password: string): Promise<void>;
  signUp(email: string, password: string, name: string): Promise<void>;
  reset(email: string): Promise<void>;
};
