import { signOut } from "firebase/auth";
import { updateDoc } from "firebase/firestore";

import { auth } from "./auth";
import { call } from "./call";
import { speaking } from "./failure";
import { myId } from "./me";
import { forgetPeople } from "./people";
import { profileOf, shortened } from "./profile";

const exportAccount = speaking(async () => JSON.stringify(await call("exportAccount"), null, 2));

const eraseAccount = speaking(async () => {
  await call("eraseAccount");
  await signOut(auth);
  forgetPeople();
});

const rename = speaking(async (name: string) => {
  await updateDoc(profileOf(myId()), { name: shortened(name) });
});

export const useExport = (): (() => Promise<string>) => exportAccount;
export const useErase = (): (() => Promise<void>) => eraseAccount;
export const useRename = (): ((name: string) => Promise<void>) => rename;
