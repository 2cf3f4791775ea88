import type { Persistence, ReactNativeAsyncStorage } from "firebase/auth";

declare module "firebase/auth" {
  // Metro resolves it; the package's default types leave it out.
  export function getReactNativePersistence(storage: ReactNativeAsyncStorage): Persistence;
}
