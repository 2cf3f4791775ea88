import { persistentLocalCache, persistentMultipleTabManager } from "firebase/firestore";

export const localCache = persistentLocalCache({ tabManager: persistentMultipleTabManager() });
