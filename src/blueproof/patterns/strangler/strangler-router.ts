import { createServer, type Server } from "node:http";
import { passOn, type Answer } from "./pass-on.ts";

/** `shadow`: the old service answers, and the new one is asked too and compared. */
export type Mode = "old" | "shadow" | "new";

export interface Settings {
  old: URL;
  next: URL;
  /** The mode of a route; keep it where it changes without a deployment. */
  mode: (method: string, path: string) => Mode;
  /** Told of each answer that differs; undefined is no answer in time. */
  differs: (path: string, old: Answer, next: Answer | undefined) => void;
  patienceMilliseconds?: number;
}

/** A server that hands each route to the old or the new service, and falls back to the old. */
export function strangler(settings: Settings): Server {
  return createServer(async (incoming, response) => {
    const { method = "GET", url: path = "/" } = incoming;
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const ask = (base: URL) =>
      passOn(base, incoming, Buffer.concat(parts), settings.patienceMilliseconds ?? 2_000);
    const attempt = () => ask(settings.next).catch(() => undefined);
    const compare = (old: Answer, next: Answer | undefined) => {
      if (old.status === next?.status && old.body.equals(next.body)) return;
      settings.differs(path, old, next);
    };
    // Only what changes nothing may be done twice, be it as a shadow or to fall back.
    const safe = method === "GET" || method === "HEAD";
    const mode = settings.mode(method, path);
    try {
      let answer: Answer | undefined;
      if (mode === "new") answer = safe ? await attempt() : await ask(settings.next);
      if (!answer || (safe && answer.status >= 500)) {
        const failed = answer;
        answer = await ask(settings.old);
        if (mode === "new") compare(answer, failed);
      }
      response.setHeaders(answer.headers).writeHead(answer.status).end(answer.body);
      // After the answer: a slow new service costs the user nothing.
      if (mode === "shadow" && safe) compare(answer, await attempt());
    } catch {
      if (!response.headersSent) response.writeHead(502).end();
    }
  });
}
