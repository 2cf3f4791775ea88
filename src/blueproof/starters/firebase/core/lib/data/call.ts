import { httpsCallable } from "firebase/functions";

import { functions } from "./firebase";

export async function call<Answer = unknown>(name: string, data: object = {}): Promise<Answer> {
  return (await httpsCallable<object, Answer>(functions, name)(data)).data;
}
