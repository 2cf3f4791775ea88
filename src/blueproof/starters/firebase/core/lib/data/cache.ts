import { memoryLocalCache } from "firebase/firestore";

// The JavaScript SDK keeps documents on disk through IndexedDB, which React Native does not have.
export const localCache = memoryLocalCache();
