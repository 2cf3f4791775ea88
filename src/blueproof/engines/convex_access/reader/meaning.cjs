// What a part of a value means, and what follows when two values are the same.
const { value, union, mix } = require("./values.cjs");
const { ROLE, ID_LIKE } = require("./names.cjs");

const PLAIN = new Set(["page", "current"]);

/** A field of a value. */
function property(walk, owner, name, node, optional) {
  if (owner.environment) return setting(name);
  const special = walk.calls.member(walk, owner, name, node);
  if (special) return special;
  if (!optional && !owner.bool && !owner.isArray && (owner.mine || owner.docs.length)) walk.add(owner.truthy);
  if (owner.fields?.has(name) && !owner.without?.includes(name)) {
    return { ...owner.fields.get(name), name };
  }
  if (owner.path !== undefined) return argument(owner, name);
  if (name === "length" || name === "size") return value({ rowsTruthy: owner.someTruthy, mine: owner.mine, roots: owner.roots, name });
  const docs = PLAIN.has(name) ? owner.docs
    : owner.docs.map((doc) => ({ ...doc, part: doc.part ?? name }));
  const role = owner.mine && ROLE.test(name) ? roleIn(owner.roots) : [];
  return value({
    nil: owner.docs.length || owner.mine ? [undefined] : [], made: owner.made,
    roots: partsOf(owner, name), mine: owner.mine, docs, name, given: owner.docs.length ? new Set() : owner.given,
    truthy: union(owner.truthy, role), unknown: owner.unknown, secret: owner.secret,
    fromRequest: owner.fromRequest,
    table: walk.schema.refers(owner.docs.at(-1)?.table, name),
    of: owner.docs.at(-1)?.table, someTruthy: PLAIN.has(name) ? owner.someTruthy : undefined,
  });
}

/** Of what was sent as one, text or a body, each part is a handle of its own. */
function partsOf(owner, name) {
  if (owner.docs.length || owner.mine || owner.given.size === 0) return owner.roots;
  return new Set([...owner.roots].map((root) => (root.startsWith("arg:") ? `${root}.${name}` : root)));
}

/** A variable of the deployment: a secret; one that tells deployments apart says where code runs. */
function setting(name) {
  const truthy = /TEST|DEV|DEBUG|LOCAL|PROD|(?:^|_)ENV/.test(name) ? [`unknown:it runs only where ${name} says so`] : [];
  return value({ secret: true, name, truthy: new Set(truthy), falsy: new Set(truthy) });
}

/** What a role of the caller's says: of a membership, that it may be used; else, that they are one of few. */
const roleIn = (roots) => (roots.size ? [...roots].map((root) => `checked:${root}`) : ["role"]);

/** What holds where one value is at least another, as ranks of roles are compared. */
function outranks(higher) {
  return higher.mine && !higher.made && ROLE.test(higher.name ?? "") ? new Set([...roleIn(higher.roots), "auth"]) : new Set();
}

/** A part of what the caller gave. */
function argument(owner, name) {
  const path = owner.path === "" ? name : `${owner.path}.${name}`;
  const type = owner.type?.fields?.get(name) ?? (owner.type?.fields ? undefined : owner.type?.any);
  if (owner.trusted) return value({ path, type, trusted: true, name });
  return value({
    path, type, name, roots: new Set([`arg:${path}`]), given: new Set([path]),
    table: type?.table, fields: expanded(path, type),
    fromRequest: owner.fromRequest,
  });
}

/** The fields of an object that the caller gives, as far as its validator names them. */
function expanded(path, type) {
  if (!type?.fields) return undefined;
  const parent = { path, type };
  return new Map([...type.fields.keys()].map((name) => [name, argument(parent, name)]));
}

/** The facts that hold where two values are equal, and where they are not. */
function compared(walk, a, b, strict = false) {
  if (a.typeOf || b.typeOf) return typed(a.typeOf ?? b.typeOf, a.typeOf ? b : a);
  if (isNothing(b)) return nothing(a, b.lit, strict);
  if (isNothing(a)) return nothing(b, a.lit, strict);
  if (b.isLiteral && a.rowsTruthy && b.lit === 0) return { equal: new Set(), unequal: a.rowsTruthy };
  if (b.isLiteral && a.bool) return b.lit === true ? { equal: a.truthy, unequal: a.falsy } : { equal: a.falsy, unequal: a.truthy };
  return { equal: same(walk, a, b), unequal: new Set() };
}

function typed(of, told) {
  return told.lit === "undefined" ? { equal: of.falsy, unequal: of.truthy } : { equal: of.truthy, unequal: new Set() };
}

/** A value held against null or undefined; the strict comparison with the other one tells nothing. */
function nothing(each, lit, strict) {
  const told = !strict || each.nil.every((nil) => nil === lit);
  return { equal: told ? each.falsy : new Set(), unequal: told ? each.truthy : new Set() };
}

const isNothing = (each) => each.isLiteral && (each.lit === null || each.lit === undefined);

function same(walk, a, b) {
  const facts = new Set();
  const [mine, other] = isCaller(a) ? [a, b] : [b, a];
  if (isCaller(mine)) {
    if (other.roots.size && !other.mine) related(facts, mine, other);
    else if ((other.isLiteral || other.secret || other.constant) && isTelling(mine, other)) {
      facts.add("role"); facts.add("auth");
    }
  }
  for (const [whose, told] of [[a, b], [b, a]]) {
    if (whose.mine && whose.roots.size && ROLE.test(whose.name ?? "") && told.isLiteral) {
      for (const root of whose.roots) facts.add(`checked:${root}`);
    }
    if (whose.secret && !told.secret && (told.given.size || told.fromRequest)) facts.add("secret");
  }
  for (const one of a.roots) for (const two of b.roots) {
    if (one !== two && (a.given.size || b.given.size) && ID_LIKE.test(a.name ?? "") && ID_LIKE.test(b.name ?? "")) facts.add(`same:${one}|${two}`);
  }
  // What equals something that is there, is there.
  for (const [whose, told] of [[a, b], [b, a]]) {
    if (!whose.isLiteral && (told.isLiteral ? told.lit : told.mine)) for (const fact of whose.truthy) facts.add(fact);
  }
  return facts;
}

/** Who calls, or what is theirs; a row that was made just now says nothing of either. */
const isCaller = (each) => each.mine && !each.roots.size && !each.made;

/** A handle of the caller's choice, compared with who the caller is. */
function related(facts, mine, other) {
  const about = ID_LIKE.test(mine.name ?? "") || ID_LIKE.test(other.name ?? "");
  for (const root of other.roots) {
    facts.add(about ? `checked:${root}` : `unknown:the caller's ${mine.name} compared with ${other.name}`);
  }
  if (about) facts.add("auth");
}

/** Whether being equal to something fixed says that the caller is one of few. */
function isTelling(mine, other) {
  if (other.lit === false) return false;
  return ROLE.test(mine.name ?? "") || /^(?:email|subject|tokenIdentifier|_id|id|userId)$/.test(mine.name ?? "");
}

/** What holds where a list contains a value. */
function contains(walk, list, each) {
  const facts = new Set();
  if (isCaller(each) && !list.mine) {
    if (list.roots.size) for (const root of list.roots) facts.add(`checked:${root}`);
    else if ((list.isArray || list.secret || list.constant) && isTelling(each, { lit: true })) facts.add("role");
  }
  if (isCaller(list)) {
    for (const root of each.roots) facts.add(`checked:${root}`);
    if (each.isLiteral && ROLE.test(list.name ?? "")) facts.add("role");
  }
  if (facts.size) facts.add("auth");
  return value({ truthy: facts, bool: true });
}

module.exports = { outranks, property, argument, compared, contains, expanded, mix };
