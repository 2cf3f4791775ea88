// Validators as data: the arguments of a function, the tables of a schema.
const { value } = require("./values.cjs");
const { OWNER, USER_TABLE, MEMBERSHIP } = require("./names.cjs");

/** What `v.NAME(...)` says; `given` are its arguments as values. */
function validator(name, given) {
  const first = given[0];
  if (name === "id") return { name, table: first?.lit };
  if (name === "object") return { name, fields: typesOf(first?.fields) };
  if (name === "optional" || name === "nullable") return { ...(first?.type ?? { name: "unknown" }), optional: true };
  if (name === "union") return joined(given.map((each) => each.type ?? { name: "unknown" }));
  if (name === "array") return { name, element: first?.type, table: first?.type?.table, fields: undefined };
  if (name === "any" || name === "record") return { name, open: true };
  return { name, text: first?.lit };
}

const typesOf = (fields) =>
  fields && new Map([...fields].map(([name, each]) => [name, each.type ?? { name: "unknown" }]));

function joined(types) {
  const fields = types.map((each) => each.fields).filter(Boolean);
  return {
    name: types.length === 1 ? types[0].name : "union",
    table: types.find((each) => each.table)?.table,
    open: types.some((each) => each.open),
    literals: types.every((each) => ["literal", "null"].includes(each.name)) || undefined,
    fields: fields.length ? new Map(fields.flatMap((each) => [...each])) : undefined,
  };
}

class Schema {
  constructor(tables) { this.tables = tables; }

  /** The table that a field of a table refers to. */
  refers(table, field) {
    if (field === "_id") return table;
    return this.tables?.get(table)?.get(field)?.table;
  }

  isUser(table) {
    if (USER_TABLE.test(table)) return true;
    const fields = this.tables?.get(table);
    return Boolean(fields?.has("tokenIdentifier"));
  }

  hasOwner(table) {
    const fields = this.tables?.get(table);
    if (!fields) return false;
    return [...fields].some(([name, type]) => OWNER.test(name) || (type.table && this.isUser(type.table)));
  }

  isMembership(table) {
    const fields = this.tables?.get(table);
    if (!fields) return MEMBERSHIP.test(table);
    const refers = [...fields.values()].map((type) => type.table).filter(Boolean);
    return MEMBERSHIP.test(table) && this.hasOwner(table) && refers.some((each) => !this.isUser(each));
  }

  /** Why rows of a table are somebody's; null where the schema does not say, undefined without one. */
  owned(table, seen = new Set()) {
    if (table === undefined || !this.tables) return undefined;
    if (this.isUser(table)) return "a person's own row";
    if (!this.tables.has(table) || seen.has(table)) return null;
    seen.add(table);
    const fields = this.tables.get(table);
    for (const [name, type] of fields) {
      if (OWNER.test(name) || (type.table && this.isUser(type.table))) return `${table}.${name}`;
    }
    for (const [other, its] of this.tables) {
      const leads = [...its].some(([, type]) => type.table === table);
      if (leads && this.isMembership(other)) return `members in ${other}`;
    }
    for (const [name, type] of fields) {
      if (type.table && this.owned(type.table, seen)) return `${table}.${name}`;
    }
    return null;
  }
}

/** The tables of the project's schema.ts. */
function schemaOf(walk, project) {
  const file = project.byModule.get("schema");
  const symbol = file && project.checker.getSymbolAtLocation(file);
  const main = symbol?.exports?.get("default");
  if (!main) return undefined;
  const told = walk.symbol(main, file);
  return told.tables;
}

const typed = (type) => value({ type, isValidator: true });

module.exports = { validator, typed, Schema, schemaOf, typesOf };
