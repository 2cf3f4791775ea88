// Applies migrations in Lambda, from inside the network: one call, one run of MIGRATE_COMMAND.
// The adapter hands the call over as POST /events.
import { createServer } from "node:http";
import { spawn } from "node:child_process";

const LIMIT_MS = 840_000; // Lambda ends a run after 900 s; say so before
const TAIL = 4_000; // characters of output that are answered
let busy = false;

function run(command) {
  const [program, ...args] = command.split(" ").filter(Boolean);
  return new Promise((done) => {
    let output = "";
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    const keep = (data) => (output = (output + data).slice(-TAIL));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => keep(`${error.code}: ${program}\n`));
    child.on("close", (code) => {
      clearTimeout(timer);
      done({ ok: code === 0, code, output });
    });
  });
}

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  if (request.method === "GET" && request.url === "/livez") return answer(response, 200, { ok: true });
  if (request.method !== "POST" || request.url !== "/events") return answer(response, 404, {});
  if (busy) return answer(response, 409, { ok: false, output: "a migration is running" });
  busy = true;
  const result = await run(process.env.MIGRATE_COMMAND ?? "");
  busy = false;
  console.log(JSON.stringify({ level: result.ok ? "info" : "error", message: "migration", ...result }));
  return answer(response, result.ok ? 200 : 500, result);
});
server.listen(Number(process.env.PORT ?? 8080));
