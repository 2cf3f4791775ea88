// Stand-ins for Google's emulators, to run the functions' own tests where there is no Java:
//   node firebase_emulators.cjs COMMAND [ARGUMENT...]      (NODE_PATH names the node_modules)
// Firestore is @firestore-emulator/server with what it lacks added here: collection groups, cursors,
// order before limit, listing of collections, batch writes. Transactions never conflict in it, so nothing here proves
// concurrency. Auth and Storage answer only the calls that the functions make.
const http = require("node:http");
const { spawn } = require("node:child_process");
const grpc = require("@grpc/grpc-js");
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

async function main([command, ...rest]) {
  const [data, users] = await Promise.all([firestore(), auth()]);
  const env = {
    ...process.env,
    GCLOUD_PROJECT: "demo-app",
    METADATA_SERVER_DETECTION: "none",
    FIREBASE_CONFIG: JSON.stringify({ projectId: "demo-app", storageBucket: "demo-app.appspot.com" }),
    FIRESTORE_EMULATOR_HOST: `127.0.0.1:${data}`,
    FIREBASE_AUTH_EMULATOR_HOST: `127.0.0.1:${users.address().port}`,
  };
  const child = spawn(command, rest, { stdio: "inherit", env });
  child.on("exit", (code) => process.exit(code ?? 1));
}

void main(process.argv.slice(2));
