// The back end's data: rows that are read, rows that are written, who calls, other functions.
const { value, literal, union, mix, either } = require("./values.cjs");
const { contains } = require("./meaning.cjs");

/** Who calls, by the signed token; `throws` for functions that refuse strangers themselves. */
function identity(walk, name) {
  const { IDENTITY } = require("./names.cjs");
  const throws = IDENTITY.get(name);
  if (throws) walk.add(["auth"]);
  return value({ mine: true, truthy: new Set(["auth"]), name: "userId", never: throws ? "falsy" : null, nil: [null], table: "users" });
}

/** One row behind an id. */
function row(walk, id, node, table) {
  const from = id.table ?? table;
  const doc = {
    table: from, how: "get", roots: id.roots, mine: id.mine && !id.roots.size, part: null, node,
    known: walk.facts, name: id.name, scheduled: walk.scheduled > 0,
  };
  walk.reads.push(doc);
  return value({
    roots: id.roots, mine: id.mine, docs: [doc], truthy: id.mine && !id.roots.size ? id.truthy : new Set(),
    name: id.name, unknown: id.unknown, made: id.made, nil: [null],
  });
}

function query(table) { return value({ kind: "query", of: table, bounds: [], index: null, filtered: false }); }

/** Rows that a query gives: the caller's own, those behind a handle, or all there are. */
function rows(walk, of, node, how) {
  const told = of.bounds.filter((each) => each.given);
  const own = told.find(({ given }) => given.mine && !given.roots.size);
  const handles = union(...told.map(({ given }) => given.roots));
  const table = of.of;
  note(walk, of, node, how);
  const truthy = new Set(own ? own.given.truthy : []);
  if (own) for (const root of handles) truthy.add(walk.schema.isMembership(table) ? `checked:${root}` : `unknown:a row of ${table} that is the caller's`);
  const roots = own ? handles : handles.size ? handles : new Set([`all:${table}`]);
  const search = told.find(({ given }) => !own && given.given.size)?.field;
  const doc = {
    table, how: "rows", roots: own ? new Set() : roots, mine: Boolean(own), part: null, node, known: walk.facts,
    scheduled: walk.scheduled > 0, field: search, bounds: told.map(({ field, given }) => [field, given.isLiteral ? String(given.lit) : ""]),
  };
  walk.reads.push(doc);
  const one = how === "first" || how === "unique";
  return value({
    roots, mine: Boolean(own), docs: [doc], truthy: one ? truthy : new Set(), someTruthy: truthy,
    isArray: how === "collect" || how === "take", never: one ? null : "falsy", nil: one ? [null] : [], name: table,
  });
}

function note(walk, of, node, how) {
  if (how === "collect" && of.bounds.length === 0) walk.notes.push({ id: "unbounded", node, what: `reads the whole table ${of.of} into memory` });
  if (of.filtered && !of.index) walk.notes.push({ id: "no-index", node, what: `filters ${of.of} without an index: every row is read` });
}

/** The constraints that a function of an index or a filter adds. */
function range(bounds) { return value({ kind: "range", bounds }); }

const METHODS = {
  auth: (walk, calls, owner, name, node, args) => (args(), identity(walk, "getUserIdentity")),
  db: database,
  query: queried,
  range: ranged,
  storage: stored,
  scheduler: scheduled,
  router: () => value(),
  run: () => value(),
  ctx: (walk, calls, owner, name, node, args) => (/^run(?:Query|Mutation|Action)$/.test(name) && !owner.fields?.has(name)
    ? ran(walk, calls, name, args(), node)
    : name === "vectorSearch" ? searched(walk, args(), node) : null),
};

function database(walk, calls, owner, name, node, args) {
  const given = args();
  if (walk.dead) return value();
  if (name === "query" || name === "fullTableScan") return query(given[0]?.lit);
  if (name === "normalizeId") return { ...given[1], table: given[0]?.lit, isLiteral: false };
  if (name === "insert") return written(walk, "insert", given[0]?.lit, null, given[1], node);
  const named = typeof given[0]?.lit === "string" ? given.shift().lit : undefined;
  if (name === "get") return row(walk, given[0] ?? value(), node, named);
  if (["patch", "replace", "delete"].includes(name)) return written(walk, name, named ?? given[0]?.table ?? given[0]?.of, given[0], given[1], node);
  return walk.unknown(node, "not a function of ctx.db that is known");
}

function written(walk, op, table, target, fields, node) {
  walk.effects.push({ effect: "write", op, table, target, fields, node, facts: walk.facts, scheduled: walk.scheduled > 0 });
  if (op !== "insert") return literal(undefined);
  // A row that was made here is the caller's doing: what is read of it is what was given.
  return value({ table, mine: true, made: true, name: "_id", never: "falsy", truthy: new Set() });
}

function queried(walk, calls, owner, name, node, args) {
  if (["withIndex", "withSearchIndex", "filter"].includes(name)) return narrowed(walk, owner, name, node);
  const given = args();
  if (["collect", "take", "paginate", "first", "unique", "firstX", "uniqueX"].includes(name)) {
    if (name === "paginate") for (const each of given) void each;
    return rows(walk, owner, node, name.replace("X", ""));
  }
  return owner;
}

function narrowed(walk, owner, name, node) {
  const [first, second] = node.arguments;
  const fn = name === "filter" ? first : second;
  let bounds = [];
  if (fn) {
    const told = walk.eval(fn);
    const ranged = told.fn && walk.under(new Set(), () => walk.invoke(told.fn, [range([])], node) ?? value()).result;
    bounds = ranged?.bounds ?? [];
  }
  const index = name === "filter" ? owner.index : (first?.text ?? "?");
  return { ...owner, bounds: [...owner.bounds, ...bounds], index, filtered: owner.filtered || name === "filter" };
}

function ranged(walk, calls, owner, name, node, args) {
  const given = args();
  if (name === "field") return value({ kind: "field", name: given[0]?.lit });
  if (name === "and") return range(given.flatMap((each) => each.bounds ?? []));
  if (name === "eq") {
    const [a, b] = given;
    const field = a.kind === "field" ? a.name : b?.kind === "field" ? b.name : a.lit;
    return range([...owner.bounds, { field, given: a.kind === "field" ? b : b?.kind === "field" ? a : b }]);
  }
  if (name === "search") return owner;
  if (["gt", "gte", "lt", "lte"].includes(name)) return owner;
  return range([]);
}

function stored(walk, calls, owner, name, node, args) {
  const given = args();
  const what = { generateUploadUrl: "lets files be uploaded", store: "stores a file" }[name];
  if (what) walk.effects.push({ effect: "call", node, facts: walk.facts, what });
  if (name === "delete") return written(walk, "delete", "_storage", given[0], undefined, node);
  if (name === "getUrl" || name === "get" || name === "getMetadata") return row(walk, given[0] ?? value(), node, "_storage");
  return value({ never: "falsy" });
}

function scheduled(walk, calls, owner, name, node, args) {
  const given = args();
  if (!name.startsWith("run")) {
    walk.effects.push({ effect: "call", node, facts: walk.facts, what: "cancels scheduled work" });
    return value();
  }
  ran(walk, calls, "schedule", given.slice(1), node);
  return value({ never: "falsy" });
}

/** Another function of the back end, entered with what it is handed. */
function ran(walk, calls, how, given, node) {
  const [ref, args] = given;
  const target = ref?.ref !== undefined ? calls.referred(walk, ref.ref) : null;
  if (!target) {
    walk.effects.push({ effect: ref?.component ? "call" : "unknown", node, facts: walk.facts, what: ref?.component ? `calls ${ref.component}` : `runs ${node.arguments[how === "schedule" ? 1 : 0]?.getText() ?? "another function"}` });
    if (!ref?.component) walk.add([`unknown:${node.getText().replace(/\s+/g, " ").slice(0, 60)}`]);
    return value({ roots: args?.roots ?? new Set() });
  }
  if (how === "schedule" && ref.open && !target.internal) walk.exposed.push({ ref: ref.ref, node });
  const before = walk.facts;
  walk.scheduled += how === "schedule" ? 1 : 0;
  const result = calls.entered(walk, target, args ?? value(), node);
  if (how === "schedule") { walk.facts = before; walk.dead = false; walk.scheduled -= 1; }
  return result;
}

function searched(walk, given, node) {
  return rows(walk, { ...query(given[0]?.lit), index: "vector" }, node, "take");
}

/** convex-helpers' functions for relations between tables. */
function helped(walk, name, given, node) {
  if (/^get(?:OrThrow|All(?:OrThrow)?)$/.test(name)) return row(walk, mix(given.slice(1), { table: given[1]?.table }), node);
  if (/^get(?:Many|One)From/.test(name)) {
    const [, table, index, of] = given;
    const asked = { ...query(table?.lit), bounds: [{ field: String(index?.lit).replace(/^by_?/i, ""), given: of ?? value() }], index: index?.lit };
    return rows(walk, asked, node, name.startsWith("getOne") ? "unique" : "collect");
  }
  const [, table, ...more] = given;
  return rows(walk, { ...query(table?.lit), bounds: [{ field: "", given: more.findLast((each) => !each.isLiteral) ?? value() }], index: "?" }, node, "collect");
}

module.exports = { identity, row, query, rows, ran, helped, METHODS, contains, either };
