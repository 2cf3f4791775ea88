// What strangers and other users would try on a function, and what became of each attempt.
const { isChecked, union } = require("./values.cjs");
const { OWNER, ROLE, SHOWN, CAPABILITY } = require("./names.cjs");
const { place } = require("./project.cjs");

const ORDER = ["open", "cannot tell", "refused"];
const PUBLISHED = /public|publish|visib|approved|featured|listed|status|active|deleted|draft|archived/i;

const privileged = (facts) => ["role", "secret", "verified"].some((each) => facts.has(each));
const unread = (facts) => [...facts].find((each) => each.startsWith("unknown:"))?.slice("unknown:".length);

class Attacks {
  constructor(project, schema) { Object.assign(this, { project, schema, found: [] }); }

  tell(attack, given, node, why) {
    const verdict = this.unsure && given === "open" ? "cannot tell" : given; this.found.push({ attack, verdict, why, ...place(this.project, node) }); }

  /** Open, unless code that cannot be read stands before it. */
  open(attack, facts, node, why) {
    const blind = unread(facts);
    if (blind) this.tell(attack, "cannot tell", node, `${why}; before it stands ${blind}`);
    else this.tell(attack, "open", node, why);
  }

  read(doc) {
    const facts = doc.known, { node, table } = doc;
    if (doc.part === "_id" || doc.part === "_creationTime") return;
    if (!doc.mine) this.anonymous(facts, node, `reads ${table ?? "a row"}`);
    else { this.own(facts, node, table); return; }
    const all = [...doc.roots].some((root) => root.startsWith("all:"));
    const handles = [...doc.roots].filter((root) => root.startsWith("arg:") && !/paginationOpts/.test(root));
    if (all && !handles.length) this.enumerated(doc, facts);
    else if (handles.length) this.behind(doc, facts, handles);
  }

  /** The caller's own rows: for who is nobody there are none, if that is looked at. */
  own(facts, node, table) {
    this.ownRows = node;
    const looked = facts.has("auth") || privileged(facts);
    this.tell("anonymous", looked ? "refused" : "cannot tell", node, looked ? "" : `gives rows of ${table} for whoever calls; that somebody does is not looked at`);
  }

  anonymous(facts, node, why) {
    if (facts.has("auth") || privileged(facts)) this.tell("anonymous", "refused", node, why);
    else this.open("anonymous", facts, node, why);
  }

  enumerated(doc, facts) {
    const { node, table } = doc;
    const narrowed = [...doc.roots].every((root) => isChecked(facts, root));
    if (privileged(facts) || narrowed) return this.tell("enumerate", "refused", node, "");
    const fixed = doc.bounds?.find(([field, lit]) => lit && PUBLISHED.test(field));
    if (fixed) return this.tell("enumerate", "cannot tell", node, `gives the rows of ${table} whose ${fixed[0]} is ${fixed[1]}, whosesoever`);
    const owned = this.schema.owned(table);
    if (!owned) return this.tell("enumerate", "cannot tell", node, `gives rows of ${table} to everybody; ${this.noOwner(table, owned)}`);
    if (this.schema.isUser(table) && SHOWN.has(doc.part)) return this.tell("enumerate", "cannot tell", node, `lists the ${doc.part} of everybody in ${table}`);
    return this.open("enumerate", facts, node, `gives rows of ${table} that belong to others`);
  }

  noOwner(table, owned) {
    if (table === undefined) return "of which table it is cannot be seen";
    return owned === undefined ? "there is no schema to say whose they are" : `the schema does not say whose a row of ${table} is`;
  }

  /** Rows behind what the caller gave. */
  behind(doc, facts, handles) {
    const { node, table } = doc;
    const types = handles.map((root) => this.typeOf(root));
    const container = doc.how === "rows" && types.some((type) => type?.table && !this.schema.isUser(type.table));
    const attack = container ? "cross-tenant" : "other's id";
    if (privileged(facts) || handles.some((root) => isChecked(facts, root))) return this.tell(attack, "refused", node, "");
    const names = handles.map((root) => root.slice("arg:".length)).join(", ");
    const owned = this.schema.owned(table);
    const place = container ? types.find((type) => type?.table)?.table : null;
    if (place && owned && !this.schema.owned(place)) return this.tell(attack, "cannot tell", node, `gives ${table} of any of ${place} by the caller's ${names}; ${this.noOwner(place, this.schema.owned(place))}`);
    if (!owned) return this.tell(attack, "cannot tell", node, `gives ${table ?? "a row"} by the caller's ${names}; ${this.noOwner(table, owned)}`);
    if (this.schema.isUser(table) && SHOWN.has(doc.part)) return this.tell(attack, "cannot tell", node, `shows the ${doc.part} of anybody by ${names}`);
    const held = handles.every((root) => CAPABILITY.test(root));
    if (doc.how === "rows" && !this.isId(handles) && (held || !OWNER.test(doc.field ?? ""))) {
      const kind = handles.some((root) => CAPABILITY.test(root)) ? "who knows it may be meant to" : "not by an id";
      return this.tell(attack, "cannot tell", node, `gives ${table} by the caller's ${names}: ${kind}`);
    }
    return this.open(attack, facts, node, `gives ${table} by the caller's ${names}, whosesoever (${owned})`);
  }

  /** Whether one of the handles names a row or a person, by its type or its name. */
  isId(handles) {
    return handles.some((root) => this.typeOf(root)?.table || OWNER.test(root.slice("arg:".length).split(".").at(-1)));
  }

  typeOf(root) {
    let type = { fields: this.args };
    for (const name of root.slice("arg:".length).split(".")) type = type?.fields?.get(name) ?? type?.element;
    return type;
  }

  write(effect) {
    const { node, facts, op, table } = effect;
    this.anonymous(facts, node, `${op} in ${table ?? "a table"}`);
    if (effect.target) this.changed(effect);
    if (effect.fields) this.filled(effect);
  }

  changed({ target, table, op, fields, node, facts, scheduled }) {
    if (target.made) return;
    if (privileged(facts) || (target.mine && !target.roots.size)) return this.tell("write other's", "refused", node, "");
    const handles = [...target.roots];
    if (target.mine || handles.some((root) => isChecked(facts, root))) return this.tell("write other's", "refused", node, "");
    if (handles.some((root) => root.startsWith("arg:"))) {
      const names = handles.map((root) => root.slice("arg:".length)).join(", ");
      const owned = this.schema.owned(table);
      const bySign = target.docs.length > 0 && target.docs.every((doc) => doc.how === "rows") && !this.isId(handles);
      if (bySign) return this.tell("write other's", "cannot tell", node, `${op} in ${table} by the caller's ${names}, which is no id: who knows it may be meant to`);
      if (owned && isComputed(op, fields)) return this.tell("write other's", "cannot tell", node, `${op} in ${table} by the caller's ${names} (${owned}): the caller chooses the row, and not what is written`);
      if (owned) return this.open("write other's", facts, node, `${op} in ${table} by the caller's ${names}, whosesoever (${owned})`);
      return this.tell("write other's", "cannot tell", node, `${op} in ${table ?? "a table"} by the caller's ${names}; ${this.noOwner(table, owned)}`);
    }
    // What the back end does later by itself, to rows that the caller did not choose, is its upkeep.
    if (handles.length && scheduled) return undefined;
    if (handles.length) return this.open("write other's", facts, node, `${op} in ${table ?? "a table"}: rows that belong to others`);
    return this.tell("write other's", "cannot tell", node, `${op} of ${target.unknown?.text ?? "a row that is found in a way not followed"}`);
  }

  filled(effect) {
    const { fields, table, node, facts } = effect;
    const parts = [...(fields.fields ?? [])];
    for (const each of fields.spread ?? []) this.spread(effect, each);
    if (fields.path !== undefined && !fields.fields) this.spread(effect, fields);
    else if (!fields.fields && fields.given.size && !privileged(facts)) {
      this.tell("impersonate", "cannot tell", node, `stores in ${table ?? "a table"} what is made of the caller's ${[...fields.given].join(", ")}`);
    }
    for (const [name, given] of parts) {
      if (OWNER.test(name)) this.owner(effect, name, given, parts);
      if (ROLE.test(name)) this.promoted(effect, name, given);
      if (effect.op === "insert" && given.table && !this.schema.isUser(given.table)) this.placed(table, name, given, node, facts);
    }
  }

  /** Fields that nobody names: whatever the caller sends is stored. */
  spread(effect, given) {
    const named = given.type?.fields && !given.type.open;
    if (named || given.path === undefined || !given.roots.size) return;
    const { table, node, facts } = effect;
    const why = `stores whatever ${given.path || "arguments"} the caller sends in ${table ?? "a table"}`;
    if (privileged(facts)) return;
    this.open(this.schema.isUser(table) ? "self-promote" : "impersonate", facts, node, why);
  }

  owner({ op, table, target, node, facts }, name, given, parts) {
    if (given.mine && !given.given.size) return this.tell("impersonate", "refused", node, "");
    if (!given.given.size) return undefined;
    const handle = [...given.roots];
    if (privileged(facts) || handle.some((root) => isChecked(facts, root))) return this.tell("impersonate", "refused", node, "");
    if (op !== "insert" && target && (target.mine || [...target.roots].some((root) => isChecked(facts, root)))) return undefined;
    if (parts.some(([other, each]) => other !== name && OWNER.test(other) && each.mine)) return undefined;
    const names = [...given.given].join(", ");
    if ([...given.given].every((each) => CAPABILITY.test(each))) return this.tell("impersonate", "cannot tell", node, `${name} of ${table} is the caller's ${[...given.given].join(", ")}: who knows it may be meant to`);
    const container = parts.some(([other, each]) => other !== name && (each.made || [...each.roots].some((root) => isChecked(facts, root))));
    const why = `${name} of ${table} is the caller's ${names}`;
    if (container && this.schema.isMembership(table)) return this.tell("impersonate", "refused", node, "");
    if (container) return this.tell("impersonate", "cannot tell", node, `${why}; what it belongs to is checked`);
    return this.open("impersonate", facts, node, why);
  }

  promoted({ op, table, target, node, facts }, name, given) {
    const about = this.schema.isUser(table) || this.schema.isMembership(table);
    if (!about || !given.given.size) return undefined;
    if (privileged(facts)) return this.tell("self-promote", "refused", node, "");
    const why = `${name} of ${table} is the caller's ${[...given.given].join(", ")}`;
    const handles = target && !target.mine ? [...target.roots] : [];
    const bySome = handles.some((root) => isChecked(facts, root)) || (op === "insert" && [...facts].some((fact) => fact.startsWith("checked:")));
    if (bySome && this.schema.isMembership(table)) return this.tell("self-promote", "cannot tell", node, `${why}; the caller is checked, but perhaps not for this`);
    return this.open("self-promote", facts, node, why);
  }

  /** A row that is put into something of others. */
  placed(table, name, given, node, facts) {
    const handles = [...given.roots].filter((root) => root.startsWith("arg:"));
    if (!handles.length || given.mine) return undefined;
    if (privileged(facts) || handles.some((root) => isChecked(facts, root))) return this.tell("cross-tenant", "refused", node, "");
    const owned = this.schema.owned(given.table);
    if (!owned) return undefined;
    const why = `puts a row of ${table} into any of ${given.table} (${owned}) by the caller's ${[...given.given].join(", ") || name}`;
    if (!owned.startsWith("members in")) return this.tell("cross-tenant", "cannot tell", node, why);
    return this.open("cross-tenant", facts, node, why);
  }

  called(effect) { this.anonymous(effect.facts, effect.node, effect.what); }

  blind(effect) {
    const { facts, node, what } = effect;
    if (facts.has("auth") || privileged(facts)) this.tell("anonymous", "refused", node, what);
    else this.tell("anonymous", "cannot tell", node, what);
  }

  /** The worst of each attack, in order, with where it is. */
  worst() {
    const by = new Map();
    for (const each of this.found) {
      const known = by.get(each.attack);
      if (!known || ORDER.indexOf(each.verdict) < ORDER.indexOf(known.verdict)) by.set(each.attack, each);
    }
    return [...by.values()];
  }
}

/** Whether all that is written is worked out from what is there. */
function isComputed(op, fields) {
  const parts = [...(fields?.fields?.values() ?? [])];
  return op === "patch" && parts.length > 0 && fields.spread.length === 0 && parts.every((each) => !each.isLiteral && each.given.size === 0 && (each.docs.length > 0 || each.rowsTruthy));
}

function few(facts) {
  if (facts.has("role")) return "who has a role";
  return facts.has("secret") ? "who knows a secret" : "who signs the request";
}

/** Who may call, as far as what is behind the function tells. */
function whoMay(attacks, effects, atEnd, reads) {
  const anonymous = attacks.worst().find((each) => each.attack === "anonymous");
  if (!anonymous && privileged(atEnd)) return few(atEnd);
  if (!anonymous && (attacks.ownRows || atEnd.has("auth"))) return "who is signed in";
  if (!anonymous) return reads ? "anybody: no row is given" : "anybody: nothing is behind it";
  if (anonymous.verdict === "open") return "anybody";
  if (anonymous.verdict === "cannot tell") return "cannot tell";
  const every = effects.map((each) => each.facts ?? each.known);
  const all = (fact) => every.length > 0 && every.every((facts) => facts.has(fact));
  const each = new Set(["role", "secret", "verified"].filter(all));
  return each.size ? few(each) : "who is signed in";
}

module.exports = { Attacks, whoMay, union };
