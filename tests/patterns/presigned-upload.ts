import { createHash, createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { presignPost, type Bucket } from "./post-policy.ts";
import type { Outcome, Trial } from "./trial.ts";

// User 1 may upload an avatar of 100 kB, and tries more. The bucket is simulated: a server that
// checks signature, expiry and policy by the rules of S3's documentation.
const BUCKET: Bucket = {
  name: "avatars", region: "eu-central-1", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret",
};
const LIMIT = 100_000;
const NOW = new Date("2026-11-29T12:00:00Z");
const TYPE = "image/png";

interface Stored {
  type: string;
  bytes: number;
}

export const trial: Trial = {
  async protected() {
    return attacked(async (origin, wish, sent) => {
      // The server makes the key: what the client calls its file plays no part.
      const key = `1/${randomUUID()}`;
      const { fields } = presignPost(
        BUCKET, { key, contentType: TYPE, maximumBytes: LIMIT, seconds: 60 }, NOW,
      );
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, ...wish })) form.set(name, value);
      form.set("file", new Blob([new Uint8Array(sent)]));
      return (await fetch(origin, { method: "POST", body: form })).status;
    });
  },
  async unprotected() {
    return attacked(async (origin, wish, sent) => {
      const query = presignedPut(new URL(origin).host, wish.key ?? "1/avatar.png");
      const headers = { "content-type": wish["Content-Type"] ?? TYPE };
      const path = `${origin}${wish.key ?? "1/avatar.png"}?${query}`;
      return (await fetch(path, { method: "PUT", headers, body: new Uint8Array(sent) })).status;
    });
  },
};

type Send = (origin: string, wish: Record<string, string>, bytes: number) => Promise<number>;

/** Upload as told, and then larger, as a web page, over another's file, and too late. */
async function attacked(send: Send): Promise<Outcome> {
  const objects = new Map<string, Stored>([["2/avatar.png", { type: TYPE, bytes: 7 }]]);
  let now = NOW;
  const server = createServer(async (incoming, answer) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const stored = incoming.method === "POST"
      ? await posted(incoming, body, now)
      : put(incoming, body, now);
    if (stored) objects.set(stored.key, stored);
    answer.writeHead(stored ? 204 : 403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const taken: string[] = [];
  const upload = async (name: string, wish: Record<string, string>, bytes: number) => {
    const status = await send(origin, wish, bytes);
    if (status === 204) taken.push(name);
  };
  await upload("as told", {}, LIMIT);
  await upload("3 times the size", {}, 3 * LIMIT);
  await upload("an empty file", {}, 0);
  await upload("a web page", { "Content-Type": "text/html" }, 99);
  await upload("over the file of another", { key: "2/avatar.png" }, 99);
  now = new Date(NOW.getTime() + 61_000);
  await upload("after a minute", {}, 99);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const bad = [...objects.values()].filter((each) => each.bytes > LIMIT || each.type !== TYPE);
  const intact = objects.get("2/avatar.png")?.bytes === 7;
  return {
    held: String(taken) === "as told" && bad.length === 0 && intact,
    seen: `of 6 uploads to a simulated S3 taken: ${taken.join(", ")}`,
  };
}

/** S3's answer to a form: undefined is a refusal. */
async function posted(incoming: IncomingMessage, body: Buffer, now: Date) {
  const headers = { "content-type": incoming.headers["content-type"] ?? "" };
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const field = (name: string) => String(form.get(name) ?? "");
  const policy = field("policy");
  const scope = field("x-amz-credential").split("/");
  if (scope[0] !== BUCKET.accessKeyId || signed(scope, policy) !== field("x-amz-signature")) return;
  const document = JSON.parse(Buffer.from(policy, "base64").toString());
  if (new Date(document.expiration) <= now) return;
  const file = form.get("file") as File;
  const named = new Map<string, string>([["bucket", BUCKET.name]]);
  for (const [name, value] of form) if (typeof value === "string") named.set(name, value);
  for (const condition of document.conditions) {
    if (Array.isArray(condition)) {
      const [, least, most] = condition;
      if (file.size < least || file.size > most) return;
      continue;
    }
    const [[name, value]] = Object.entries(condition);
    if (named.get(name) !== value) return;
    named.delete(name);
  }
  // Every other field must be one that a policy does not speak of.
  if ([...named.keys()].some((n) => n !== "policy" && n !== "x-amz-signature")) return;
  return { key: field("key"), type: field("Content-Type"), bytes: file.size };
}

/** S3's answer to a presigned PUT. */
function put(incoming: IncomingMessage, body: Buffer, now: Date) {
  const url = new URL(incoming.url ?? "", `http://${incoming.headers.host}`);
  const key = url.pathname.slice(1);
  const right = new URLSearchParams(presignedPut(url.host, key));
  const given = url.searchParams;
  if (given.get("X-Amz-Signature") !== right.get("X-Amz-Signature")) return;
  if (now.getTime() > NOW.getTime() + Number(given.get("X-Amz-Expires")) * 1000) return;
  return { key, type: incoming.headers["content-type"] ?? "", bytes: body.length };
}

/** The query of a presigned PUT, as the SDK makes it where only bucket and key are given. */
function presignedPut(host: string, key: string): string {
  const scope = ["20261129", BUCKET.region, "s3", "aws4_request"];
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": [BUCKET.accessKeyId, ...scope].join("/"),
    "X-Amz-Date": "20261129T120000Z",
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
  });
  const asked = ["PUT", `/${key}`, query, `host:${host}`, "", "host", "UNSIGNED-PAYLOAD"];
  const digest = createHash("sha256").update(asked.join("\n")).digest("hex");
  const text = ["AWS4-HMAC-SHA256", "20261129T120000Z", scope.join("/"), digest].join("\n");
  query.set("X-Amz-Signature", signed([BUCKET.accessKeyId, ...scope], text));
  return query.toString();
}

function signed([, ...scope]: string[], text: string): string {
  let key: Buffer = Buffer.from(`AWS4${BUCKET.secretAccessKey}`);
  for (const part of scope) key = createHmac("sha256", key).update(part).digest();
  return createHmac("sha256", key).update(text).digest("hex");
}
