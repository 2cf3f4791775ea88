import { readFileSync } from "node:fs";

import { initializeTestEnvironment } from "@firebase/rules-unit-testing";
import { type FirebaseStorage, ref, uploadBytes } from "firebase/storage";
import { afterAll } from "vitest";

const environment = await initializeTestEnvironment({
  projectId: "demo-app",
  storage: { rules: readFileSync("storage.rules", "utf8") },
});

afterAll(() => environment.cleanup());

export function filesOf(uid: string): FirebaseStorage {
  return environment.authenticatedContext(uid).storage() as unknown as FirebaseStorage;
}

export function nobodysFiles(): FirebaseStorage {
  return environment.unauthenticatedContext().storage() as unknown as FirebaseStorage;
}

/** Nothing but these files, whatever the rules say. */
export async function stored(
  files: Record<string, { size: number; contentType: string }>,
): Promise<void> {
  await environment.clearStorage();
  await environment.withSecurityRulesDisabled(async (context) => {
    const storage = context.storage() as unknown as FirebaseStorage;
    for (const [path, { size, contentType }] of Object.entries(files)) {
      await uploadBytes(ref(storage, path), new Uint8Array(size), { contentType });
    }
  });
}
