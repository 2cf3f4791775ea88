import type { IncomingMessage } from "node:http";

export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

// Headers that speak of one connection and not of the request.
const OF_CONNECTION = [
  "connection", "host", "content-length", "transfer-encoding", "expect", "keep-alive",
];

/** Send a request on to another service; throws where there is no answer in time. */
export async function passOn(
  base: URL,
  { method, url = "/", headers }: IncomingMessage,
  body: Buffer,
  patienceMilliseconds: number,
): Promise<Answer> {
  const passed = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name));
  const answer = await fetch(new URL(url, base), {
    method,
    headers: passed as [string, string][],
    body: body.length ? new Uint8Array(body) : undefined,
    redirect: "manual",
    signal: AbortSignal.timeout(patienceMilliseconds),
  });
  const answered = new Headers(answer.headers);
  // fetch has unpacked the body.
  for (const name of [...OF_CONNECTION, "content-encoding"]) answered.delete(name);
  const content = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answered, body: content };
}
