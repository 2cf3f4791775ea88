// Reads the functions of a folder and prints, as JSON, who may call each and what it refuses.
const path = require("node:path");
const { value } = require("./values.cjs");
const { expanded } = require("./meaning.cjs");
const { opened, place, ts } = require("./project.cjs");
const { Walk } = require("./walk.cjs");
const { Calls, argumentTypes } = require("./calls.cjs");
const { Attacks, whoMay } = require("./attacks.cjs");
const { Schema, schemaOf } = require("./validators.cjs");

function started(folder) {
  const project = opened(folder);
  const modules = project.own.map((file) => [path.relative(folder, file.fileName).split(path.sep).join("/").replace(/\.[cm]?[jt]sx?$/, ""), file]);
  project.byModule = new Map(modules);
  const schema = new Schema(undefined);
  const walk = new Walk(project, schema, new Calls(project));
  schema.tables = schemaOf(walk, project);
  return { project, schema, walk };
}

/** The registered functions: those that modules export, and those behind HTTP routes. */
function* registered({ project, walk }) {
  for (const [module, file] of project.byModule) {
    const symbol = project.checker.getSymbolAtLocation(file);
    for (const each of symbol ? project.checker.getExportsOfModule(symbol) : []) {
      const at = each.declarations?.[0];
      if (!at || at.getSourceFile() !== file) continue;
      const told = walk.symbol(each, at);
      if (told.registered && told.registered.kind !== "http") yield { name: `${module}:${each.name}`, at, told };
      else if (told.library || isMade(at, told)) yield { name: `${module}:${each.name}`, at, skipped: told.library ?? "code that is not in these files" };
    }
    yield* routes(walk, file, module);
  }
}

/** Whether an export may be a function of the back end that code elsewhere registers. */
function isMade(at, told) {
  if (told.registered || told.builder || told.isValidator || told.fn || told.tables || told.kind) return false;
  if (ts.isBindingElement(at)) return Boolean(told.pack || told.unknown || told.library);
  const made = ts.isVariableDeclaration(at) ? at.initializer : ts.isExportAssignment(at) ? at.expression : null;
  if (!made || !ts.isCallExpression(made)) return false;
  const hasHandler = (each) => ts.isArrowFunction(each) || ts.isFunctionExpression(each)
    || (ts.isObjectLiteralExpression(each) && each.properties.some((p) => p.name?.getText() === "handler"));
  return made.arguments.some(hasHandler);
}

function* routes(walk, file, module) {
  const calls = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "route") calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const node of calls) {
    const told = walk.apart(() => walk.eval(node.arguments[0] ?? node));
    const handler = told.fields?.get("handler");
    const where = told.fields?.get("path")?.lit ?? told.fields?.get("pathPrefix")?.lit ?? "?";
    if (handler?.registered) yield { name: `${module}:${told.fields.get("method")?.lit ?? "ANY"} ${where}`, at: node, told: handler };
    else if (handler) yield { name: `${module}: ${where}`, at: node, skipped: handler.library ?? "code that is not in these files" };
  }
}

function analysed({ project, schema, walk }, { name, at, told }) {
  const { kind, definition } = told.registered;
  walk.begin();
  const types = argumentTypes(definition);
  const args = kind === "http"
    ? value({ path: "request", roots: new Set(["arg:request"]), given: new Set(["request"]), fromRequest: true })
    : value({ path: "", type: types && { fields: types }, roots: new Set(["arg:"]), given: new Set(["arguments"]), fields: expanded("", types && { fields: types }) });
  const result = walk.calls.entered(walk, told.registered, args, at);
  const attacks = new Attacks(project, schema);
  attacks.args = types;
  for (const doc of result.docs) attacks.read(doc);
  attacks.unsure = true;
  for (const doc of lost(walk, result)) attacks.read(doc);
  attacks.unsure = false;
  for (const effect of walk.effects) {
    ({ write: () => attacks.write(effect), call: () => attacks.called(effect), unknown: () => attacks.blind(effect) })[effect.effect]();
  }
  const notes = walk.notes.map(({ id, node, what }) => ({ id, what, ...place(project, node) }));
  if (!types && kind !== "http" && handlerTakes(definition)) notes.push({ id: "no-validators", what: "its arguments have no validators: anything may be sent", ...place(project, at) });
  const effects = [...walk.effects, ...result.docs.filter((doc) => !doc.mine)];
  return {
    name, kind, ...place(project, at), who: whoMay(attacks, effects, new Set([...walk.facts, ...result.truthy]), walk.reads.length > 0), attacks: attacks.worst(),
    notes: unique(notes), args: [...(types ?? [])].map(([n, type]) => ({ name: n, type: type.name, table: type.table ?? null })),
    guards: walk.guards.map((guard) => ({ facts: guard.facts, ...place(project, guard.node), ...taken(guard) })),
    exposed: walk.exposed.map(({ ref, node }) => ({ ref, ...place(project, node) })),
  };
}

/** What takes a guard out of the code: the place, and what stands there then. */
function taken({ kind, node }) {
  if (kind === "if") return { start: node.expression.getStart(), end: node.expression.getEnd(), replace: "false" };
  if (kind === "or") return { start: node.getStart(), end: node.getEnd(), replace: node.left.getText() };
  return { start: node.getStart(), end: node.getEnd(), replace: ";" };
}

/** Rows that were read and may be in the answer by a list or a map that was filled on the way. */
function lost(walk, result) {
  if (!walk.leaky || result.isLiteral) return [];
  const told = new Set(result.docs.map((doc) => doc.node));
  return walk.reads.filter((doc) => doc.how === "rows" && !doc.mine && !doc.scheduled && !told.has(doc.node))
    .map((doc) => ({ ...doc, known: new Set([...doc.known, ...walk.facts]) }));
}

const handlerTakes = (definition) => ((definition?.fields?.get("handler") ?? definition)?.fn?.parameters?.length ?? 0) > 1;

const unique = (notes) => [...new Map(notes.map((each) => [`${each.id} ${each.file}:${each.line}`, each])).values()];

/** Public functions that timers of the back end itself call. */
function fromTimers({ project, walk }) {
  const found = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && /^(?:interval|cron|daily|hourly|weekly|monthly)$/.test(node.expression.name.text)) {
      for (const each of node.arguments) {
        const told = ts.isPropertyAccessExpression(each) ? walk.apart(() => walk.eval(each)) : null;
        if (told?.ref !== undefined && told.open) found.push({ ref: told.ref, ...place(project, node) });
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of project.own) visit(file);
  return found;
}

function main(folder) {
  const all = started(path.resolve(folder));
  const functions = [], skipped = [];
  for (const each of registered(all)) {
    if (each.skipped) skipped.push({ name: each.name, by: each.skipped, ...place(all.project, each.at) });
    else if (!each.told.registered.internal) functions.push(analysed(all, each));
  }
  const exposed = [...fromTimers(all), ...functions.flatMap((each) => each.exposed)];
  const tables = all.schema.tables ? [...all.schema.tables.keys()] : null;
  process.stdout.write(JSON.stringify({ functions, skipped, exposed, tables, files: all.project.own.length }));
}

main(process.argv[2]);
