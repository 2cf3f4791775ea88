// Starts and stops this service without losing a request. It is your file now: read it once,
// change what you like. It needs Node.js 18.2 or later and no package.
//
//   import { withLifecycle } from './lifecycle.js';
//
//   const server = app.listen(port);
//   withLifecycle(server, {
//     ready: () => pool.query('SELECT 1'), // throws while the database cannot be reached
//     close: () => pool.end(),
//   });
//
// The server is what app.listen() returns in Express and Koa, what serve() returns in Hono,
// app.server in Fastify, app.getHttpServer() in NestJS. In Fastify and NestJS close with
// `close: () => app.close()`, and leave enableShutdownHooks() and other handlers of SIGTERM out:
// two of them race for the same exit.
//
// Start the process with `node`, not with `npm start`: the one who sends SIGTERM sends it to the
// process it started, and npm does not pass it on reliably.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export type Level = 'info' | 'warn' | 'error' | 'fatal';
export type Fields = Record<string, unknown>;
export type Log = (level: Level, message: string, fields?: Fields) => void;

export interface Options {
  ready?: () => unknown;
  close?: () => unknown;
  drainSeconds?: number;
  graceSeconds?: number;
  keepAliveSeconds?: number;
  log?: Log;
}

// The headers of the next request may begin as late as an idle connection lives; their clock must
// not run out first.
const HEADERS_LATER_MS = 1_000;
// A probe is asked every few seconds; an answer that takes longer is a "no".
const READY_BOUND_MS = 2_000;
// Anybody may call /readyz. Whoever does it often gets the last answer, and the database its rest.
const READY_MEMORY_MS = 1_000;
// With the 5 s and 20 s below it makes 28 s; ECS and Kubernetes send SIGKILL after 30 s.
const CLOSE_BOUND_MS = 3_000;
const SWEEP_MS = 100;
// A WebSocket frame that says "going away" (RFC 6455: opcode 8, two bytes, code 1001).
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
// Trace headers come from outside: a long one must not fill the log.
const LONGEST_ID = 128;

// One line, one event: CloudWatch and every other log store can search its fields. Writing to
// standard output is synchronous for files and pipes on Linux, so the last line is not lost.
export function jsonLog(level: Level, message: string, fields: Fields = {}): void {
  const line = { time: new Date().toISOString(), level, message, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Adds to a server:
//   GET /livez   200 as long as the event loop turns. For the container's health check. It never
//                asks the database: a restart cures a hung process, not somebody else's outage.
//   GET /readyz  200 if ready() does not throw, else 503. For whoever only decides where to send
//                requests, and for your alarms.
//   GET /startz  503 until ready() succeeded once, then 200. For a target group of an ECS service:
//                ECS replaces tasks that fail there, and with /readyz an outage of the database
//                would end every one of them.
// The last two are 503 while the process drains.
//
// `ready` throws or rejects if a dependency is down; give its driver a time limit of its own.
// `close` ends pools and other connections. Requests are still accepted for `drainSeconds` after
// SIGTERM, because the load balancer needs that long to hear of it; those in flight then have
// `graceSeconds` to end. A load balancer keeps idle connections for 60 s. Were we to close one
// first, it might send a request into the closing connection and answer 502: so ours live for
// `keepAliveSeconds`, longer than its do. All three can be set from outside: DRAIN_SECONDS,
// GRACE_SECONDS, KEEP_ALIVE_SECONDS.
export function withLifecycle(server: Server, options: Options = {}): void {
  if (typeof server?.closeIdleConnections !== 'function') {
    throw new TypeError('withLifecycle needs the http.Server (Node.js 18.2 or later), not the app');
  }
  const {
    ready = async () => {},
    close = async () => {},
    drainSeconds = secondsFrom('DRAIN_SECONDS', 5),
    graceSeconds = secondsFrom('GRACE_SECONDS', 20),
    keepAliveSeconds = secondsFrom('KEEP_ALIVE_SECONDS', 65),
    log = jsonLog,
  } = options;
  const readiness = watchReadiness(ready, log);
  const traffic = watchTraffic(server, log);
  let draining = false;
  let exitCode = 0;

  const probes = new Map<string, () => Promise<boolean>>([
    ['/livez', async () => true],
    ['/readyz', async () => (await readiness.now()) && !draining],
    ['/startz', async () => (await readiness.once()) && !draining],
  ]);

  // Frameworks take the server's only "request" event. Standing in front of the event is the one
  // place that works for all of them, whenever they attach themselves.
  const emit = server.emit;
  server.emit = function emitAfterUs(this: Server, event: string, ...args: unknown[]): boolean {
    if (event === 'request') {
      const [request, response] = args as [IncomingMessage, ServerResponse];
      const probe = isRead(request) ? probes.get(pathOf(request)) : undefined;
      if (draining) response.setHeader('Connection', 'close');
      if (probe) {
        void probe().then((yes) => answer(response, yes));
        return true;
      }
      traffic.follow(request, response);
    } else if (event === 'upgrade') {
      traffic.followUpgrade(args[0] as IncomingMessage, args[1] as Duplex);
    }
    return Reflect.apply(emit, this, [event, ...args]);
  };

  async function stop(cause: string, seconds: number): Promise<void> {
    if (draining) return;
    draining = true;
    log('info', 'draining', { cause, seconds, inFlight: traffic.inFlight() });
    // Told now, clients take a new connection for their next request: elsewhere, we hope.
    traffic.announceClose();
    await sleep(seconds * 1_000);
    const cut = await traffic.end(graceSeconds * 1_000);
    if (cut > 0) log('warn', 'connections cut', { cut, graceSeconds });
    try {
      await within(CLOSE_BOUND_MS, 'close()', close);
    } catch (error) {
      exitCode = 1;
      log('error', 'close() failed', described(error));
    }
    log('info', 'stopped', { cause, exitCode });
    process.exit(exitCode);
  }

  // After an error that nobody caught the state of the process is unknown: it must go, but the
  // requests of other people that it is serving need not.
  function fail(cause: string, error: unknown): void {
    exitCode = 1;
    log('fatal', cause, described(error));
    // It may have failed before it listened, such as on a port that is taken.
    void stop(cause, server.listening ? drainSeconds : 0);
  }

  server.keepAliveTimeout = keepAliveSeconds * 1_000;
  server.headersTimeout = keepAliveSeconds * 1_000 + HEADERS_LATER_MS;
  process.on('SIGTERM', () => void stop('SIGTERM', drainSeconds));
  // Ctrl-C: nobody sends requests any more; pressed twice it means now.
  process.on('SIGINT', () => (draining ? process.exit(130) : void stop('SIGINT', 0)));
  process.on('uncaughtException', (error) => fail('uncaughtException', error));
  process.on('unhandledRejection', (reason) => fail('unhandledRejection', reason));
}

// What ready() says, asked by one caller at a time and remembered for a moment.
function watchReadiness(ready: () => unknown, log: Log) {
  let asked: Promise<boolean> | undefined;
  let freshUntil = 0;
  let last: boolean | undefined;
  let reached = false;

  async function ask(): Promise<boolean> {
    let failure: Fields | undefined;
    try {
      await within(READY_BOUND_MS, 'ready()', ready);
    } catch (error) {
      failure = described(error);
    }
    const yes = failure === undefined;
    // Probes come all day; only a change is news.
    if (yes !== last) log(yes ? 'info' : 'error', yes ? 'ready' : 'not ready', failure);
    last = yes;
    reached = reached || yes;
    freshUntil = performance.now() + READY_MEMORY_MS;
    return yes;
  }

  function now(): Promise<boolean> {
    if (asked === undefined || performance.now() > freshUntil) {
      freshUntil = Number.POSITIVE_INFINITY;
      asked = ask();
    }
    return asked;
  }

  return { now, once: async () => reached || now() };
}

// Who is connected, what is being answered, and how all of it comes to an end.
function watchTraffic(server: Server, log: Log) {
  const sockets = new Set<Socket>();
  const upgraded = new Set<{ socket: Duplex; webSocket: boolean }>();
  const responses = new Set<ServerResponse>();

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  function follow(request: IncomingMessage, response: ServerResponse): void {
    // Read now: frameworks rewrite the URL as they route.
    const path = pathOf(request);
    const requestId = idOf(request);
    const started = performance.now();
    responses.add(response);
    response.once('close', () => {
      responses.delete(response);
      const status = response.statusCode;
      const aborted = !response.writableFinished;
      const level = status >= 500 ? 'error' : aborted ? 'warn' : 'info';
      const milliseconds = Math.round((performance.now() - started) * 10) / 10;
      // Neither query string, headers nor bodies: that is where tokens and people's data are.
      const fields = { method: request.method, path, status, milliseconds, requestId };
      log(level, 'request', aborted ? { ...fields, aborted } : fields);
    });
  }

  function followUpgrade(request: IncomingMessage, socket: Duplex): void {
    const webSocket = String(request.headers.upgrade).toLowerCase() === 'websocket';
    const upgrade = { socket, webSocket };
    upgraded.add(upgrade);
    socket.once('close', () => upgraded.delete(upgrade));
  }

  function announceClose(): void {
    for (const response of responses) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
    }
  }

  // Node counts a connection that has not said a word as busy; it would hold us up to the end.
  function closeIdle(): void {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  async function end(graceMs: number): Promise<number> {
    const closed = new Promise<boolean>((resolve) => server.close(() => resolve(true)));
    for (const { socket, webSocket } of upgraded) {
      if (webSocket && socket.writable) socket.write(GOING_AWAY);
    }
    const sweep = setInterval(closeIdle, SWEEP_MS);
    const ended = await Promise.race([closed, sleep(graceMs)]);
    clearInterval(sweep);
    const left = ended ? 0 : sockets.size;
    for (const socket of sockets) socket.destroy();
    return left;
  }

  return { inFlight: () => responses.size, follow, followUpgrade, announceClose, end };
}

function answer(response: ServerResponse, yes: boolean): void {
  response.writeHead(yes ? 200 : 503, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
  });
  // Why not is in the log: this answer may be read by anybody.
  response.end(JSON.stringify({ status: yes ? 'ok' : 'unavailable' }));
}

function isRead(request: IncomingMessage): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').replace(/[?#].*$/s, '');
}

function idOf(request: IncomingMessage): string {
  const given = request.headers['x-amzn-trace-id'] ?? request.headers['x-request-id'];
  return given ? String(given).slice(0, LONGEST_ID) : randomUUID();
}

function described(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  // Where several addresses were tried, the message is empty and the code says it.
  const code = 'code' in error ? String(error.code) : '';
  return { error: error.message || code || error.name, stack: error.stack };
}

function secondsFrom(name: string, otherwise: number): number {
  const given = process.env[name];
  const seconds = given === undefined || given === '' ? otherwise : Number(given);
  if (!(seconds >= 0)) throw new RangeError(`${name} must be a number of seconds`);
  return seconds;
}

function sleep(milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}

function within(milliseconds: number, what: string, work: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`${what} took longer than ${milliseconds} ms`));
    const timer = setTimeout(late, milliseconds);
    Promise.resolve()
      .then(work)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
