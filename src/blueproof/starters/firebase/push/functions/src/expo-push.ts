import { defineSecret } from "firebase-functions/params";

export type Push = {
  to: string;
  title: string;
  body: string;
  data: Record<string, string>;
  sound: "default";
  channelId: string;
};
export type Outcome =
  | { status: "ok"; id?: string }
  | { status: "error"; message?: string; details?: { error?: string } };

export const accessToken = defineSecret("EXPO_ACCESS_TOKEN");

const API = "https://exp.host/--/api/v2/push";
const ATTEMPTS = 3;
/** Expo takes no more in one request. */
export const BATCH = 100;

export async function sendPushes(pushes: readonly Push[]): Promise<Outcome[]> {
  return (await post("send", pushes)) as Outcome[];
}

/** By the id of the ticket; one that is missing is not known yet. */
export async function readReceipts(ids: readonly string[]): Promise<Record<string, Outcome>> {
  return (await post("getReceipts", { ids })) as Record<string, Outcome>;
}

export function isGone(outcome: Outcome): boolean {
  return outcome.status === "error" && outcome.details?.error === "DeviceNotRegistered";
}

async function post(path: string, body: unknown, attempt = 1): Promise<unknown> {
  const answer = await fetch(`${API}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.ok) return ((await answer.json()) as { data: unknown }).data;
  const later = answer.status === 429 || answer.status >= 500;
  if (!later || attempt === ATTEMPTS) throw new Error(`Expo answered ${answer.status}`);
  await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
  return post(path, body, attempt + 1);
}

function authorization(): Record<string, string> {
  const token = accessToken.value();
  return token ? { authorization: `Bearer ${token}` } : {};
}
