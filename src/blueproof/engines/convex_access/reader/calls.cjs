// Calls: Convex' own functions, those of packages that are known, those of these files.
const { value, literal, union, mix, either } = require("./values.cjs");
const { contains } = require("./meaning.cjs");
const { IDENTITY, VERIFIES } = require("./names.cjs");
const { validator, typed, typesOf } = require("./validators.cjs");
const data = require("./data.cjs");
const { ts } = require("./project.cjs");

const BUILDER = /^(internal)?(query|mutation|action)(?:generic)?$/i;
const CUSTOM = /^(?:z|zod)?custom(?:query|mutation|action)(?:builder)?$/i;
const EACH = new Set(["map", "forEach", "flatMap", "filter", "find", "findLast", "some", "every", "sort", "toSorted", "reduce", "findIndex"]);
const SAME = new Set(["slice", "reverse", "flat", "concat", "values", "toReversed", "at", "pop", "shift", "trim", "toLowerCase", "toUpperCase", "toString", "normalize", "entries", "then", "catch", "finally", "split", "get", "parse", "replace"]);
// Packages that say nothing of who the caller is, and decide nothing.
const HARMLESS = /^@convex-dev\/(?:rate-limiter|aggregate|sharded-counter|workpool|action-retrier|action-cache|resend|migrations|workflow|geospatial)/;
// Functions that verify, and throw where it fails.
const THROWS = /^(?:svix|standardwebhooks) verify|constructEvent|unwrap|jwtVerify/;
const WITHOUT_EFFECT = /^(?:convex-helpers$|zod|date-fns|lodash|dayjs|nanoid|uuid|slugify|ai$|@ai-sdk|openai)/;

class Calls {
  constructor(project) { this.project = project; }

  /** A name that a package, or generated code, gives. */
  imported(walk, declaration) {
    const told = importOf(declaration);
    if (!told) return value();
    const { from, name } = told;
    if (/_generated\/api/.test(from)) return name === "components" ? value({ component: "components" }) : value({ ref: "", open: name === "api" });
    if (/_generated\/server|^convex\/server$/.test(from)) return this.ofConvex(name);
    if (from === "convex/values" && name === "v") return value({ validators: true });
    return value({ pack: { from, name } });
  }

  ofConvex(name) {
    const builder = BUILDER.exec(name);
    if (builder) return value({ builder: { kind: builder[2].toLowerCase(), internal: Boolean(builder[1]), by: [] } });
    if (/^httpAction/.test(name)) return value({ builder: { kind: "http", internal: false, by: [] } });
    if (name === "paginationOptsValidator") return typed({ name: "paginationOpts" });
    if (name === "httpRouter") return value({ fnOf: "router" });
    if (name === "defineTable" || name === "defineSchema") return value({ fnOf: name });
    if (name === "anyApi") return value({ ref: "" });
    return value({ pack: { from: "convex/server", name } });
  }

  /** Fields that mean something of their own: of ctx, of api, of a module or a class. */
  member(walk, owner, name, node) {
    if (owner.ref !== undefined) return value({ ref: owner.ref ? `${owner.ref}/${name}` : name, open: owner.open });
    if (owner.component) return value({ component: `${owner.component}.${name}` });
    if (owner.validators || owner.isValidator) return owner.isValidator && name === "fields" ? value({ fields: asFields(owner.type?.fields) }) : null;
    if (owner.module) return moduleMember(walk, owner.module, name, node);
    if (owner.cls) return classMember(walk, owner.cls, name);
    if (owner.tables && name === "tables") return value({ fields: new Map([...owner.tables].map(([table, fields]) => [table, value({ fields: new Map([["validator", typed({ name: "object", fields })]]) })])) });
    if (owner.kind === "db" && name === "system") return owner;
    if (owner.kind === "ctx") return owner.fields?.get(name) ?? this.ofContext(walk, owner, name, node);
    if (owner.pack && !owner.called) return value({ pack: { from: owner.pack.from, name: `${owner.pack.name}.${name}` } });
    return null;
  }

  ofContext(walk, owner, name, node) {
    if (["db", "auth", "storage", "scheduler"].includes(name)) return value({ kind: name });
    if (["runQuery", "runMutation", "runAction", "vectorSearch"].includes(name)) return value({ kind: "run", name });
    return walk.unknown(node, "a field of ctx that is none of Convex'");
  }

  /** One of the elements of a value. */
  element(walk, of, node) {
    if (of.kind === "query") return data.rows(walk, of, node, "collect");
    if (of.items?.length) return either(of.items);
    if (of.path !== undefined) return { ...of, type: of.type?.element };
    const element = { ...of };
    for (const name of ["items", "isArray", "never", "rowsTruthy", "someTruthy"]) delete element[name];
    return { ...element, never: null };
  }

  made(walk, node) {
    const given = (node.arguments ?? []).map((each) => walk.eval(each));
    const callee = walk.eval(node.expression);
    if (callee.pack) return value({ pack: callee.pack, called: true, never: "falsy" });
    return mix(given, { never: "falsy" });
  }

  call(walk, node) {
    if (ts.isPropertyAccessExpression(node.expression)) {
      const owner = walk.eval(node.expression.expression);
      const told = this.method(walk, owner, node.expression.name.text, node);
      if (told) return told;
    }
    const callee = walk.eval(node.expression);
    const given = node.arguments.map((each) => walk.eval(each));
    if (walk.dead) return value();
    if (node.questionDotToken) return walk.under(new Set(), () => this.called(walk, callee, given, node)).result;
    return this.called(walk, callee, given, node);
  }

  called(walk, callee, given, node) {
    if (callee.registered && given[0]?.kind === "ctx") return this.entered(walk, callee.registered, given[1] ?? value(), node);
    if (callee.builder) return registered(callee.builder, given[0]);
    if (callee.identityOf) return data.identity(walk, callee.identityOf);
    if (callee.kind === "run") return data.ran(walk, this, callee.name, given, node);
    if (callee.fnOf) return this.fixed(walk, callee.fnOf, given);
    if (callee.pack) return this.packaged(walk, callee.pack, given, node);
    if (callee.fn) return promised(walk, callee.fn, () => walk.invoke(callee.fn, given, node) ?? this.stranger(walk, given, node));
    if (callee.global) return this.global(walk, callee.global, given, node);
    if (callee.unknown) return this.stranger(walk, given, node);
    return this.passed(walk, given, node) ?? mix([callee, ...given]);
  }

  fixed(walk, name, given) {
    if (name === "defineTable") return value({ tableOf: given[0]?.fields ? typesOf(given[0].fields) : given[0]?.type?.fields });
    if (name === "defineSchema") {
      const tables = [...(given[0]?.fields ?? [])].map(([table, each]) => [table, each.tableOf ?? new Map()]);
      const more = (given[0]?.spread ?? []).length > 0;
      return value({ tables: withAuth(new Map(tables), more) });
    }
    return value({ kind: name });
  }

  global(walk, name, given, node) {
    if (name === "fetch") walk.effects.push({ effect: "call", node, facts: walk.facts, what: "calls another service" });
    if (name === "fetch") return value({ answer: true });
    if (name === "Boolean") return { ...given[0], bool: true };
    return mix(given);
  }

  /** A function of a package. */
  packaged(walk, { from, name }, given, node) {
    const last = name.split(".").at(-1);
    if (IDENTITY.has(last)) return data.identity(walk, last);
    if (/customFunctions|zod/.test(from) && CUSTOM.test(last) && given[0]?.builder) return customised(given);
    if (last === "customCtx" || last === "customCtxAndArgs") return value({ customCtx: given[0] });
    if (/server\/relationships$/.test(from)) return data.helped(walk, last, given, node);
    if (/^(?:invariant|assert|tiny-invariant)/.test(last)) { walk.add(given[0]?.truthy ?? []); return value(); }
    if (last === "asyncMap" && given[1]?.fn) return walk.invoke(given[1].fn, [this.element(walk, given[0], node)], node);
    if (last === "convexAuth") return value({ library: "Convex Auth" });
    if (VERIFIES.test(last)) return verified(walk, last, from, given);
    if (last.endsWith("Validator") || last === "literals" || last === "partial" || last === "typedV") return typed({ name: "unknown" });
    if (HARMLESS.test(from)) return value();
    if (WITHOUT_EFFECT.test(from)) return mix(given);
    return this.passed(walk, given, node) ?? mix(given, { pack: { from, name }, called: true });
  }

  /** Code that cannot be read and is handed the context: it may refuse, read or write. */
  passed(walk, given, node) {
    const handed = given.some((each) => each.kind === "ctx" || each.kind === "db" || each.handsContext);
    return handed ? this.stranger(walk, given, node) : null;
  }

  stranger(walk, given, node) {
    const told = walk.unknown(node, "not in these files");
    const handed = given.some((each) => each.kind === "ctx" || each.kind === "db");
    if (handed) {
      walk.effects.push({ effect: "unknown", node, facts: walk.facts, what: told.unknown.text });
      walk.add([`unknown:${told.unknown.text}`]);
    }
    return mix(given, told.unknown ? { unknown: told.unknown } : {});
  }

  /** The registered function that a path of `api` or `internal` leads to. */
  referred(walk, ref) {
    const parts = ref.split("/");
    const name = parts.pop();
    const file = this.project.byModule.get(parts.join("/"));
    const symbol = file && this.project.checker.getSymbolAtLocation(file);
    const found = symbol?.exports?.get(name);
    const told = found && walk.symbol(found, file);
    return told?.registered ?? null;
  }

  /** What a registered function gives for arguments; null where its code is not found. */
  entered(walk, { definition, by }, args, node) {
    const ctx = value({ kind: "ctx", fields: new Map() });
    for (const each of by) customise(walk, each, ctx, args, node);
    const handler = definition?.fields?.get("handler") ?? definition;
    if (!handler?.fn) {
      const told = walk.unknown(node, "its handler is not in these files");
      walk.effects.push({ effect: "unknown", node, facts: walk.facts, what: told.unknown.text });
      return told;
    }
    return walk.invoke(handler.fn, [ctx, typedFields(definition, args)], node) ?? value();
  }

  method(walk, owner, name, node) {
    const args = () => node.arguments.map((each) => walk.eval(each));
    if (owner.validators) return typed(validator(name, args()));
    if (owner.isValidator) return typed(owner.type);
    if (owner.tableOf) return owner;
    if (owner.library) return IDENTITY.has(name) ? data.identity(walk, name) : value();
    if (IDENTITY.has(name) && (owner.kind === "auth" || owner.pack || owner.unknown)) return data.identity(walk, name);
    if (data.METHODS[owner.kind]) return data.METHODS[owner.kind](walk, this, owner, name, node, args);
    if (owner.pack && HARMLESS.test(owner.pack.from)) { args(); return value(); }
    if (VERIFIES.test(name) && !owner.cls && !owner.module && !owner.fields) return verified(walk, name, owner.pack?.from ?? "", args());
    if (owner.global === "Promise") return all(walk, args());
    if (owner.global === "Object") return mix(args());
    if (owner.fields?.get(name)?.fn || owner.cls || owner.module || owner.ref !== undefined) return null;
    if (owner.unknown || (owner.pack && owner.called)) return this.passed(walk, args(), node);
    if (owner.pack || owner.global) return null;
    return this.ofLists(walk, owner, name, node, args);
  }

  ofLists(walk, owner, name, node, args) {
    if (EACH.has(name)) return this.each(walk, owner, name, node, args());
    if (name === "includes" || name === "has") return contains(walk, owner, args()[0] ?? value());
    if (name === "push" || name === "add" || name === "set") return pushed(walk, owner, args(), node);
    if (name === "get" && owner.kind === undefined && owner.fromRequest) return mix([owner, ...args()], { fromRequest: true });
    if (SAME.has(name)) {
      const given = args();
      if (name === "then") walk.settled(owner);
      if (name === "then" && given[0]?.fn) return walk.invoke(given[0].fn, [owner], node);
      return mix([owner, ...given], { truthy: owner.truthy, name: owner.name, table: owner.table, mine: owner.mine && given.every((g) => !g.roots.size) });
    }
    const given = args();
    if (given.length === 0 && !owner.docs.length) return mix([owner], { name: owner.name, table: owner.table });
    return this.passed(walk, given, node) ?? mix([owner, ...given]);
  }

  /** A method of lists with a function for each element. */
  each(walk, owner, name, node, given) {
    const fn = given[0]?.fn, one = this.element(walk, owner, node);
    if (!fn) return name === "filter" ? owner : mix([owner]);
    const told = walk.under(new Set(), () => walk.invoke(fn, name === "reduce" ? [given[1] ?? one, one] : [one], node) ?? value()).result;
    if (name === "filter") return { ...owner, docs: cleared(owner.docs, told.truthy) };
    if (name === "find" || name === "findLast") return { ...one, truthy: union(one.truthy, told.truthy) };
    if (name === "some") return value({ truthy: told.truthy, bool: true });
    if (name === "every") return value({ bool: true });
    if (name === "sort" || name === "toSorted") return owner;
    return name === "forEach" ? literal(undefined) : { ...told, isArray: true, truthy: new Set(), falsy: new Set(), never: "falsy" };
  }
}

const cleared = (docs, facts) => docs.map((doc) => ({ ...doc, known: union(doc.known, facts) }));

/** What a promise of several gives. */
function all(walk, given) {
  const [one] = given;
  if (!one?.items) return one ?? value();
  const items = one.items.map((each) => walk.settled(each));
  return { ...mix(items), items, isArray: true, never: "falsy" };
}

/** What an async function gives: until somebody waits for it, it refuses nobody and is always true. */
function promised(walk, fn, run) {
  if (!(ts.getCombinedModifierFlags(fn) & ts.ModifierFlags.Async)) return run();
  const [before, wasDead] = [walk.facts, walk.dead];
  const given = run();
  const promise = { facts: walk.facts, dead: walk.dead, truthy: given.truthy, falsy: given.falsy, never: given.never };
  Object.assign(walk, { facts: before, dead: wasDead });
  return { ...given, truthy: new Set(), falsy: new Set(), never: "falsy", promise };
}

function pushed(walk, owner, given, node) {
  walk.leaky = true;
  const name = ts.isPropertyAccessExpression(node.expression) && node.expression.expression;
  const symbol = name && ts.isIdentifier(name) && walk.project.checker.getSymbolAtLocation(name);
  if (symbol && walk.env.has(symbol)) walk.env.set(symbol, mix([owner, ...given], { isArray: true, never: "falsy" }));
  return owner;
}

/** A signature that was verified: after a function that throws, else where the answer is true. */
function verified(walk, name, from, given) {
  if (THROWS.test(`${from} ${name}`)) walk.add(["verified"]);
  return mix(given, { truthy: new Set(["verified"]), roots: new Set(), given: new Set() });
}

/** What is handed to a function, each part of the type that its validator names. */
function typedFields(definition, args) {
  if (!args.fields) return args;
  const types = argumentTypes(definition);
  const fields = [...args.fields].map(([name, each]) => [name, { ...each, table: each.table ?? types?.get(name)?.table }]);
  return { ...args, fields: new Map(fields) };
}

/** The validators of a function's arguments, by name; undefined where it has none. */
function argumentTypes(definition) {
  const told = definition?.fields?.get("args");
  return told?.type?.fields ?? (told?.fields && typesOf(told.fields));
}

function registered(builder, definition) {
  return value({ registered: { ...builder, definition } });
}

function customised([inner, custom]) {
  return value({ builder: { ...inner.builder, by: [...inner.builder.by, custom ?? value()] } });
}

/** What a custom function puts into ctx, once it has let the caller pass. */
function customise(walk, custom, ctx, args, node) {
  const made = custom.customCtx?.fn ?? custom.fields?.get("input")?.fn ?? custom.fn;
  const told = made ? walk.invoke(made, [ctx, args], node) : null;
  if (!made && custom.pack?.name !== "NoOp") walk.add([`unknown:${node.getText().slice(0, 60)} (its custom function is not in these files)`]);
  const more = custom.customCtx ? told : told?.fields?.get("ctx") ?? told;
  for (const [name, each] of more?.fields ?? []) {
    if (name === "db" && each.kind !== "db") walk.add([`unknown:ctx.db is wrapped`]);
    else ctx.fields.set(name, each);
  }
}

const asFields = (fields) => fields && new Map([...fields].map(([name, type]) => [name, typed(type)]));

function withAuth(tables, more) {
  if (more && !tables.has("users")) tables.set("users", new Map([["email", { name: "string" }]]));
  return tables;
}

function importOf(declaration) {
  let top = declaration;
  while (top && !ts.isImportDeclaration(top) && !ts.isExportDeclaration(top)) top = top.parent;
  const from = top?.moduleSpecifier?.text;
  if (from === undefined) return null;
  const name = ts.isImportSpecifier(declaration) || ts.isExportSpecifier(declaration)
    ? (declaration.propertyName ?? declaration.name).text
    : ts.isNamespaceImport(declaration) ? "*" : "default";
  return { from, name };
}

function moduleMember(walk, module, name, node) {
  const found = walk.project.checker.getExportsOfModule(module).find((each) => each.name === name);
  return found ? walk.symbol(found, node) : value();
}

function classMember(walk, cls, name) {
  const found = cls.members.find((each) => each.name?.getText() === name && ts.isMethodDeclaration(each));
  return found ? value({ fn: found }) : walk.unknown(cls, `no method ${name} is found`);
}

module.exports = { Calls, argumentTypes };
