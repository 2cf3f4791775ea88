// What is known of a value: where it comes from, and what follows when it is true or not.
//
// roots   handles that lead to rows: "arg:NAME" (the caller chose it), "all:TABLE" (nobody did)
// given   arguments whose very content this is
// mine    comes from who the caller is, by the signed token
// docs    rows whose content is in it: {table, how, roots, mine, part, node, known}
// nil     which of null and undefined it is where it is nothing; empty where that is not known
// truthy, falsy   facts that hold where the value is true, or false
const none = Object.freeze([]);

function value(more = {}) {
  return {
    roots: new Set(), given: new Set(), mine: false, docs: none,
    truthy: new Set(), falsy: new Set(), never: null, nil: none, ...more,
  };
}

const literal = (lit) => value({ nil: lit === null || lit === undefined ? [lit] : none, lit, isLiteral: true, never: lit ? "falsy" : "truthy" });
const union = (...sets) => new Set(sets.flatMap((set) => [...set]));
const common = (sets) =>
  sets.length === 0 ? new Set() : new Set([...sets[0]].filter((x) => sets.every((s) => s.has(x))));

/** One value made of several: a sentence, a sum, an object. */
function mix(values, more = {}) {
  const known = values.filter(Boolean);
  return value({
    roots: union(...known.map((v) => v.roots)),
    given: union(...known.map((v) => v.given)),
    mine: known.some((v) => v.mine),
    docs: known.flatMap((v) => v.docs),
    unknown: known.find((v) => v.unknown)?.unknown,
    secret: known.some((v) => v.secret),
    fromRequest: known.some((v) => v.fromRequest),
    ...more,
  });
}

/** One of several values, whichever it was. */
function either(values) {
  if (values.length === 1) return values[0];
  const told = values.filter((v) => !v.isLiteral);
  const whole = told.length === 1 ? told[0] : mix(told);
  const may = (side) => values.filter((v) => v.never !== side);
  const never = ["truthy", "falsy"].find((side) => may(side).length === 0) ?? null;
  return {
    ...whole,
    mine: told.length > 0 && told.every((v) => v.mine),
    truthy: common(may("truthy").map((v) => v.truthy)),
    falsy: common(may("falsy").map((v) => v.falsy)),
    fields: mergedFields(told),
    nil: [...new Set(values.flatMap((v) => v.nil))],
    isLiteral: told.length === 0, lit: told.length ? undefined : values[0].lit, never,
  };
}

function mergedFields(values) {
  const all = values.filter((v) => v.fields);
  if (all.length === 0) return undefined;
  const names = union(...all.map((v) => v.fields.keys()));
  return new Map([...names].map((name) => [
    name, either(all.filter((v) => v.fields.has(name)).map((v) => v.fields.get(name))),
  ]));
}

/** The value, its rows known to have come by a way on which the facts hold. */
function stamped(given, facts) {
  if (facts.size === 0 || !given) return given;
  const docs = given.docs.map((doc) => ({ ...doc, known: union(doc.known, facts) }));
  const fields = given.fields &&
    new Map([...given.fields].map(([name, each]) => [name, stamped(each, facts)]));
  return { ...given, docs, fields };
}

/** Whether a handle is related to the caller, by itself or by another that it is the same as. */
function isChecked(facts, root, seen = new Set()) {
  if (facts.has(`checked:${root}`)) return true;
  const parts = root.split(".");
  if (parts.length > 1 && facts.has(`checked:${parts[0]}`)) return true;
  seen.add(root);
  for (const fact of facts) {
    if (!fact.startsWith("same:")) continue;
    const pair = fact.slice(5).split("|");
    if (!pair.includes(root)) continue;
    const other = pair[0] === root ? pair[1] : pair[0];
    if (!seen.has(other) && isChecked(facts, other, seen)) return true;
  }
  return false;
}

module.exports = { value, literal, union, common, mix, either, stamped, isChecked };
