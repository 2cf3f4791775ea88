import { createHash, randomBytes } from "node:crypto";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { signUrl, verifyUrl } from "./signed-url.ts";
import type { Outcome, Trial } from "./trial.ts";

// A customer has a link to a preview of file 17, and changes what can be changed about it.
const START = Date.UTC(2026, 10, 29);
const PATH = "/files/17?size=small";
const SECRET = randomBytes(32);

export const trial: Trial = {
  async protected() {
    return attacked(
      signUrl(SECRET, { method: "GET", path: PATH, seconds: 300 }, START),
      (incoming, now) => verifyUrl(SECRET, incoming.method ?? "", incoming.url ?? "", now),
    );
  },
  async unprotected() {
    // A hash over secret and file: nobody guesses it, and it looks signed.
    const hash = (file: string) => createHash("sha256").update(file).update(SECRET).digest("hex");
    return attacked(
      `${PATH}&expires=${START / 1000 + 300}&signature=${hash("17")}`,
      (incoming, now) => {
        const url = new URL(incoming.url ?? "", "http://host");
        const [file] = url.pathname.split("/").slice(2);
        return (
          url.searchParams.get("signature") === hash(file) &&
          Number(url.searchParams.get("expires")) > now / 1000
        );
      },
    );
  },
};

/** Ask a server of files with the link and with what others make of it. */
async function attacked(
  link: string,
  allowed: (incoming: IncomingMessage, now: number) => boolean,
): Promise<Outcome> {
  let now = START;
  const server = createServer((incoming, answer) => {
    answer.writeHead(allowed(incoming, now) ? 200 : 403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, method = "GET") =>
    new Promise<boolean>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path, method, agent: false }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode === 200));
      });
      asked.on("error", reject).end();
    });
  const right = await ask(link);
  const later = link.replace(/expires=\d+/, "expires=9999999999");
  const attacks: [name: string, path: string, method?: string][] = [
    ["another file", link.replace("/17", "/18")],
    ["the original instead of the preview", link.replace("/17", "/17/original")],
    ["another size", link.replace("size=small", "size=full")],
    ["deleting it", link, "DELETE"],
    ["a later expiry", later],
    ["two expiries", `${link}&expires=9999999999`],
    ["no signature", link.replace(/&signature=.*/, "")],
    ["half of the signature", link.slice(0, -20)],
    ["another host in the path", `//evil${link}`],
  ];
  const taken: string[] = [];
  for (const [name, path, method] of attacks) if (await ask(path, method)) taken.push(name);
  now += 301_000;
  const expired = await ask(link);
  if (expired) taken.push("the link after its time");
  if (await ask(later)) taken.push("a later expiry, after its time");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return {
    held: right && taken.length === 0,
    seen:
      `the link ${right ? "works" : "is refused"}; of ${attacks.length + 2} changed or stale ones` +
      ` ${taken.length} taken${taken.length ? `: ${taken.join(", ")}` : ""}`,
  };
}
