// Stand-ins for Google's emulators, to run the functions' own tests where there is no Java:
//   node firebase_emulators.cjs COMMAND [ARGUMENT...]      (NODE_PATH names the node_modules)
// Firestore is @firestore-emulator/server with what it lacks added here: collection groups, cursors,
// order before limit, listing of collections, batch writes. Transactions never conflict in it, so nothing here proves
// concurrency. Auth, Storage and the Realtime Database answer only the calls that the functions make.
const http = require("node:http");
const { createHash } = require("node:crypto");
const { spawn } = require("node:child_process");
const grpc = require("@grpc/grpc-js");
const { CRC32C } = require("@google-cloud/storage");
const WebSocket = require("faye-websocket");
const { FirestoreServer, FirestoreState } = require("@firestore-emulator/server");
const proto = require("@firestore-emulator/proto/dist/google/firestore/v1/firestore");

const all = (holder) => holder.getAllDocuments().flatMap((doc) => [doc, ...below(doc)]);
const collectionsOf = (holder) => Object.values(holder.collections ?? {});
const below = (doc) => collectionsOf(doc).flatMap(all);
const relative = (parent) => parent.split("/documents")[1].split("/").filter(Boolean);

const plain = FirestoreState.prototype.v1Query;
FirestoreState.prototype.v1Query = function (parent, query) {
  const from = query.from[0];
  if (!from.collection_id) {
    const document = this.getDocument(parent);
    return cut(below(document).filter((doc) => doc.metadata.hasExist), query);
  }
  if (!from.all_descendants) return cut(plain.call(this, parent, unlimited(query)), query);
  const [, project, , database] = parent.split("/");
  const everything = collectionsOf(this.getProject(project).getDatabase(database)).flatMap(all);
  const group = everything.filter((doc) => doc.parent.name === from.collection_id);
  return cut(through(this, group, query), query);
};

// A mask such as "by.alice" changes or deletes one entry of a map and leaves the others.
const write = FirestoreState.prototype.writeV1Document;
FirestoreState.prototype.writeV1Document = function (date, change) {
  const paths = (change.has_update && change.update_mask?.field_paths) || [];
  const nested = paths.filter((path) => path.includes(".")).map((path) => path.replaceAll("`", "").split("."));
  const document = nested.length ? this.getDocument(change.update.name) : undefined;
  const before = document ? { ...document.fields } : {};
  const result = write.call(this, date, change);
  for (const [field, key] of nested) {
    const map = before[field];
    const entries = { ...map?.value };
    const given = change.update.fields.get(field)?.map_value?.fields.get(key);
    if (given) throw new Error("entries of maps are only deleted here");
    delete entries[key];
    if (map) before[field] = new map.constructor(entries);
    document.fields = { ...document.fields, [field]: before[field] };
  }
  return result;
};

function through(state, docs, query) {
  const holder = { getAllDocuments: () => docs };
  const shadow = Object.create(state, { getCollection: { value: () => holder } });
  return plain.call(shadow, "", unlimited(query));
}

function unlimited(query) {
  return new Proxy(query, {
    get: (target, key) => (key === "has_limit" ? false : Reflect.get(target, key, target)),
  });
}

function cut(docs, query) {
  const orders = query.order_by.filter((each) => each.field.field_path !== "__name__");
  let kept = docs.filter((doc) => orders.every(({ field }) => doc.getField(field.field_path)));
  if (query.has_start_at) {
    const start = query.start_at.values.slice(0, orders.length);
    const past = kept.findIndex((doc) => place(doc, orders, start) > (query.start_at.before ? -1 : 0));
    kept = past < 0 ? [] : kept.slice(past);
  }
  return query.has_limit ? kept.slice(0, query.limit.value) : kept;
}

function place(doc, orders, values) {
  for (const [index, order] of orders.entries()) {
    const sign = order.direction === 2 ? -1 : 1;
    const mine = doc.getField(order.field.field_path);
    const other = mine.constructor.fromV1?.(values[index]) ?? values[index];
    const [a, b] = [numeric(mine.toV1ValueObject()), numeric(other.toObject?.() ?? other)];
    if (a !== b) return sign * (a < b ? -1 : 1);
  }
  return 0;
}

function numeric(value) {
  const time = value.timestamp_value;
  return time ? time.seconds + (time.nanos ?? 0) / 1e9 : Object.values(value)[0];
}

function firestore() {
  const server = new FirestoreServer();
  addCalls(server);
  return new Promise((resolve, reject) =>
    server.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
}

function addCalls({ server, state }) {
  const calls = {
    ListCollectionIds(call, done) {
      const { parent } = call.request;
      const holder = relative(parent).length
        ? state.getDocument(parent)
        : state.getProject(parent.split("/")[1]).getDatabase("(default)");
      const collection_ids = collectionsOf(holder).map((each) => each.name);
      done(null, proto.ListCollectionIdsResponse.fromObject({ collection_ids }));
    },
    BatchWrite(call, done) {
      const results = call.request.writes.map((write) => state.writeV1Document(new Date(), write));
      const write_results = results.map((each) => each.toObject());
      const status = results.map(() => ({ code: 0 }));
      done(null, proto.BatchWriteResponse.fromObject({ write_results, status }));
    },
  };
  for (const [path, handler] of server.handlers) {
    const call = calls[path.split("/").at(-1)];
    if (call) handler.func = call;
  }
}

function auth() {
  const users = new Map();
  const found = ({ localId = [], email = [] }) =>
    [...users.values()].filter((user) => [].concat(localId).includes(user.localId) || [].concat(email).includes(user.email));
  return served((request, body) => {
    const action = request.url.split("/accounts")[1] ?? "";
    if (action.startsWith(":lookup")) return { users: found(body) };
    if (action.startsWith(":delete")) {
      if (!users.delete(body.localId)) throw new Error("USER_NOT_FOUND");
      return {};
    }
    if (action.startsWith(":update")) {
      if (!users.has(body.localId)) throw new Error("USER_NOT_FOUND");
      users.set(body.localId, { ...users.get(body.localId), ...body });
      return { localId: body.localId };
    }
    users.set(body.localId, { createdAt: String(Date.now()), ...body });
    return { localId: body.localId };
  });
}

function served(answer) {
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const raw = Buffer.concat(parts);
      try {
        const isJson = (request.headers["content-type"] ?? "").startsWith("application/json");
        const given = answer(request, isJson && raw.length ? JSON.parse(raw.toString()) : raw);
        response.setHeader("content-type", given instanceof Buffer ? "application/octet-stream" : "application/json");
        response.end(given instanceof Buffer ? given : JSON.stringify(given));
      } catch (error) {
        response.statusCode = error.status ?? 400;
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ error: { code: response.statusCode, message: error.message } }));
      }
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function storage() {
  const files = new Map();
  return served((request, body) => {
    const url = new URL(request.url, "http://localhost");
    const [, encoded = ""] = url.pathname.match(/[/]o(?:[/](.*))?$/) ?? [];
    const name = decodeURIComponent(encoded) || url.searchParams.get("name");
    if (request.method === "POST") {
      const { metadata, data } = multipart(request, body);
      const sums = { md5Hash: createHash("md5").update(data).digest("base64"), crc32c: sumOf(data) };
      files.set(name, { metadata: { ...metadata, ...sums, name, size: String(data.length) }, data });
      return files.get(name).metadata;
    }
    if (!name) {
      const prefix = url.searchParams.get("prefix") ?? "";
      const listed = [...files.values()].filter((file) => file.metadata.name.startsWith(prefix));
      return { items: listed.map((file) => file.metadata) };
    }
    const file = files.get(name);
    if (!file) throw Object.assign(new Error("No such object"), { status: 404 });
    if (request.method === "DELETE") files.delete(name);
    if (url.searchParams.get("alt") !== "media") return file.metadata;
    const [, from, to] = (request.headers.range ?? "bytes=0-").match(/bytes=(\d+)-(\d*)/);
    return file.data.subarray(Number(from), to ? Number(to) + 1 : undefined);
  });
}

function sumOf(data) {
  const sum = new CRC32C();
  sum.update(data);
  return sum.toString();
}

/** Two parts: the metadata as JSON, then the bytes of the file. */
function multipart(request, body) {
  const boundary = request.headers["content-type"].match(/boundary="?([^";]+)/)[1];
  const [, first, second] = body.toString("latin1").split(`--${boundary}`);
  const [, json] = first.split("\r\n\r\n");
  const [head, ...rest] = second.split("\r\n\r\n");
  const type = head.match(/content-type: *(.*)/i)?.[1].trim();
  const data = Buffer.from(rest.join("\r\n\r\n").replace(/\r\n$/, ""), "latin1");
  return { metadata: { contentType: type, ...JSON.parse(json) }, data };
}

/** Sets, updates of several places, and gets; there are no rules in it. */
function realtime() {
  const tree = {};
  const server = http.createServer();
  server.on("upgrade", (request, socket, head) => {
    const peer = new WebSocket(request, socket, head);
    const say = (kind, data) => peer.send(JSON.stringify({ t: kind, d: data }));
    const hello = { ts: Date.now(), v: "5", h: request.headers.host, s: "session" };
    say("c", { t: "h", d: hello });
    peer.on("message", ({ data }) => {
      const asked = JSON.parse(data);
      if (asked.t !== "d") return;
      const { r, a, b } = asked.d;
      if (a === "p") put(tree, partsOf(b.p), b.d);
      if (a === "m") {
        for (const [path, given] of Object.entries(b.d)) put(tree, [...partsOf(b.p), ...partsOf(path)], given);
      }
      say("d", { r, b: { s: "ok", d: a === "g" ? valueAt(tree, partsOf(b.p)) : "" } });
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const partsOf = (path) => path.split("/").filter(Boolean);

function valueAt(tree, parts) {
  return parts.reduce((node, part) => node?.[part] ?? null, tree);
}

/** Sets a place; null takes it away, and with it what is empty then. */
function put(tree, [part, ...rest], given) {
  if (part === undefined) return;
  if (rest.length > 0) {
    tree[part] ??= {};
    put(tree[part], rest, given);
    if (Object.keys(tree[part]).length === 0) delete tree[part];
  } else if (given === null) delete tree[part];
  else tree[part] = given;
}

const hostOf = (server) => `127.0.0.1:${server.address().port}`;

async function main([command, ...rest]) {
  const [port, users, files, tree] = await Promise.all([firestore(), auth(), storage(), realtime()]);
  const config = {
    projectId: "demo-app",
    storageBucket: "demo-app.appspot.com",
    databaseURL: `http://${hostOf(tree)}?ns=demo-app`,
  };
  const env = {
    ...process.env,
    GCLOUD_PROJECT: "demo-app",
    METADATA_SERVER_DETECTION: "none",
    FIREBASE_CONFIG: JSON.stringify(config),
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${port}`,
    FIREBASE_AUTH_EMULATOR_HOST: hostOf(users),
    FIREBASE_STORAGE_EMULATOR_HOST: hostOf(files),
    FIREBASE_DATABASE_EMULATOR_HOST: hostOf(tree),
  };
  const child = spawn(command, rest, { stdio: "inherit", env });
  child.on("exit", (code) => process.exit(code ?? 1));
}

void main(process.argv.slice(2));
