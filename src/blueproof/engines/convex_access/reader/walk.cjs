// Walks a function as it would run, with what is known of values instead of values.
//
// `facts` hold on the way taken so far: "auth", "role", "secret", "verified", "checked:ROOT",
// "same:ROOT|ROOT", "unknown:TEXT" (code that may have decided, and cannot be read).
const { value, literal, union, common, mix, either, stamped } = require("./values.cjs");
const { property, compared, outranks } = require("./meaning.cjs");
const { ts } = require("./project.cjs");
const S = ts.SyntaxKind;

const DEEPEST = 14;
const MOST_STEPS = 150_000;
const TRANSPARENT = new Set([
  S.ParenthesizedExpression, S.AsExpression, S.SatisfiesExpression, S.NonNullExpression,
  S.TypeAssertionExpression,
]);

class Walk {
  constructor(project, schema, calls) {
    Object.assign(this, { project, schema, calls, known: new Map() });
    this.begin();
  }

  begin() {
    Object.assign(this, {
      facts: new Set(), dead: false, env: new Map(), effects: [], guards: [], notes: [],
      stack: [], returns: [], exposed: [], reads: [], leaky: false, scheduled: 0, steps: 0,
    });
  }

  add(facts) { this.facts = union(this.facts, facts); }

  /** What `run` gives where more facts hold; the facts before it are back at the end. */
  under(more, run) {
    const before = this.facts, wasDead = this.dead;
    this.facts = union(before, more);
    const result = stamped(run(), this.facts);
    const ended = this.dead && !wasDead;
    const after = this.facts;
    Object.assign(this, { facts: before, dead: wasDead });
    return { result: result ?? value(), ended, after };
  }

  // Statements.

  block(statements) {
    for (const each of statements) if (!this.dead) this.statement(each);
  }

  statement(node) {
    const how = {
      [S.Block]: () => this.block(node.statements),
      [S.ExpressionStatement]: () => this.expressed(node),
      [S.VariableStatement]: () => this.declared(node.declarationList),
      [S.ReturnStatement]: () => this.returned(node.expression),
      [S.ThrowStatement]: () => { this.eval(node.expression); this.dead = true; },
      [S.IfStatement]: () => this.branches(node),
      [S.ForOfStatement]: () => this.forOf(node),
      [S.ForInStatement]: () => this.forOf(node),
      [S.ForStatement]: () => this.forEver(node),
      [S.WhileStatement]: () => this.loop(() => { this.under(this.eval(node.expression).truthy, () => this.statement(node.statement)); }),
      [S.DoStatement]: () => this.loop(() => this.statement(node.statement)),
      [S.TryStatement]: () => this.tried(node),
      [S.SwitchStatement]: () => this.switched(node),
      [S.BreakStatement]: () => { this.dead = true; },
      [S.ContinueStatement]: () => { this.dead = true; },
      [S.LabeledStatement]: () => this.statement(node.statement),
    }[node.kind];
    if (how) how();
  }

  expressed(node) {
    const before = this.facts;
    this.eval(node.expression);
    const gained = [...this.facts].filter((fact) => !before.has(fact) && decides(fact));
    if (gained.length && !this.dead) this.guards.push({ node, facts: gained, kind: "call" });
  }

  returned(expression) {
    const given = expression ? this.settled(this.eval(expression)) : literal(undefined);
    if (!this.dead) this.returns.push({ given: stamped(given, this.facts), facts: this.facts });
    this.dead = true;
  }

  branches(node) {
    const cond = this.eval(node.expression);
    if (this.dead) return;
    const yes = this.under(cond.truthy, () => this.statement(node.thenStatement));
    const no = this.under(cond.falsy, () => node.elseStatement && this.statement(node.elseStatement));
    const gained = [...cond.falsy].filter((fact) => decides(fact) && !this.facts.has(fact));
    if (yes.ended && !no.ended && gained.length) this.guards.push({ node, facts: gained, kind: "if" });
    const left = [yes, no].filter((each) => !each.ended).map((each) => each.after);
    if (left.length === 0) this.dead = true;
    else this.facts = common(left);
  }

  forOf(node) {
    const rows = this.eval(node.expression);
    const each = node.kind === S.ForInStatement ? value() : this.calls.element(this, rows, node);
    this.loop(() => {
      if (ts.isVariableDeclarationList(node.initializer)) {
        this.bind(node.initializer.declarations[0].name, each);
      }
      this.statement(node.statement);
    });
  }

  forEver(node) {
    if (node.initializer) {
      if (ts.isVariableDeclarationList(node.initializer)) this.declared(node.initializer);
      else this.eval(node.initializer);
    }
    this.loop(() => this.statement(node.statement));
  }

  /** A body that may run or not: what it throws away or returns early does not count after it. */
  loop(body) { this.under(new Set(), body); }

  tried(node) {
    const first = this.under(new Set(), () => this.statement(node.tryBlock));
    const second = node.catchClause
      ? this.under(new Set(), () => this.statement(node.catchClause.block))
      : { ended: true };
    const left = [first, second].filter((each) => !each.ended).map((each) => each.after);
    if (left.length === 0) this.dead = true;
    else this.facts = common(left);
    if (node.finallyBlock) this.statement(node.finallyBlock);
  }

  switched(node) {
    const on = this.eval(node.expression);
    for (const clause of node.caseBlock.clauses) {
      const facts = clause.expression ? compared(this, on, this.eval(clause.expression)).equal : new Set();
      this.under(facts, () => this.block(clause.statements));
    }
  }

  declared(list) {
    for (const each of list.declarations) {
      const given = each.initializer ? this.eval(each.initializer) : literal(undefined);
      if (this.dead) return;
      this.bind(each.name, each.initializer ? stamped(given, this.facts) : given);
    }
  }

  /** Names of a pattern, bound to the parts of a value. */
  bind(name, given) {
    if (ts.isIdentifier(name)) {
      const symbol = this.project.checker.getSymbolAtLocation(name);
      if (symbol) this.env.set(symbol, given);
      return;
    }
    const taken = [];
    for (const [at, element] of name.elements.entries()) {
      if (ts.isOmittedExpression(element)) continue;
      if (ts.isArrayBindingPattern(name)) {
        const part = given.items?.[at] ?? (element.dotDotDotToken ? given : this.calls.element(this, given, element));
        this.bind(element.name, part);
      } else if (element.dotDotDotToken) {
        this.bind(element.name, { ...given, without: taken });
      } else {
        const key = element.propertyName ?? element.name;
        const text = ts.isIdentifier(key) || ts.isStringLiteral(key) ? key.text : null;
        taken.push(text);
        const part = text === null ? mix([given]) : property(this, given, text, element, false);
        this.bind(element.name, element.initializer ? either([part, this.eval(element.initializer)]) : part);
      }
    }
  }

  // Expressions.

  eval(node) {
    this.steps += 1;
    if (this.steps > MOST_STEPS) return this.unknown(node, "too long to be followed");
    if (TRANSPARENT.has(node.kind)) return this.eval(node.expression);
    const how = {
      [S.AwaitExpression]: () => this.settled(this.eval(node.expression)),
      [S.Identifier]: () => this.named(node),
      [S.PropertyAccessExpression]: () => this.accessed(node, node.name.text),
      [S.ElementAccessExpression]: () => this.indexed(node),
      [S.CallExpression]: () => this.calls.call(this, node),
      [S.NewExpression]: () => this.calls.made(this, node),
      [S.ObjectLiteralExpression]: () => this.object(node),
      [S.ArrayLiteralExpression]: () => this.array(node),
      [S.ArrowFunction]: () => value({ fn: node, never: "falsy" }),
      [S.FunctionExpression]: () => value({ fn: node, never: "falsy" }),
      [S.ConditionalExpression]: () => this.conditional(node),
      [S.BinaryExpression]: () => this.binary(node),
      [S.PrefixUnaryExpression]: () => this.prefixed(node),
      [S.StringLiteral]: () => literal(node.text),
      [S.NoSubstitutionTemplateLiteral]: () => literal(node.text),
      [S.NumericLiteral]: () => literal(Number(node.text)),
      [S.TrueKeyword]: () => literal(true),
      [S.FalseKeyword]: () => literal(false),
      [S.NullKeyword]: () => literal(null),
      [S.DeleteExpression]: () => this.without(node.expression),
      [S.TypeOfExpression]: () => value({ typeOf: this.eval(node.expression) }),
      [S.VoidExpression]: () => (this.eval(node.expression), literal(undefined)),
    }[node.kind];
    if (how) return how();
    const parts = [];
    ts.forEachChild(node, (child) => { if (isExpression(child)) parts.push(this.eval(child)); });
    return mix(parts);
  }

  /** What a promise gives, once it is waited for. */
  settled(given) {
    if (!given.promise) return given;
    const { facts, dead, ...told } = given.promise;
    this.add(facts);
    this.dead = this.dead || dead;
    return { ...given, ...told, promise: undefined };
  }

  unknown(node, why) {
    const text = `${node.getText().replace(/\s+/g, " ").slice(0, 60)} (${why})`;
    return value({ unknown: { node, text } });
  }

  named(node) {
    if (node.text === "undefined") return literal(undefined);
    const { checker } = this.project;
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node);
    return symbol ? this.symbol(symbol, node) : value({ global: node.text });
  }

  symbol(symbol, node) {
    if (this.env.has(symbol)) return this.env.get(symbol);
    const declaration = symbol.declarations?.[0];
    if (symbol.flags & ts.SymbolFlags.Alias) {
      const target = this.project.checker.getAliasedSymbol(symbol);
      if (target && target.declarations?.length) return this.symbol(target, node);
      return this.calls.imported(this, declaration);
    }
    if (!declaration) return value({ global: symbol.name });
    if (!this.known.has(symbol)) {
      this.known.set(symbol, value({ unknown: undefined }));
      this.known.set(symbol, this.apart(() => this.fromDeclaration(declaration, symbol)));
    }
    return this.known.get(symbol);
  }

  /** What stands at the top of a module, read apart from the way that led to its name. */
  apart(run) {
    const kept = { facts: this.facts, dead: this.dead, effects: this.effects, guards: this.guards, returns: this.returns };
    Object.assign(this, { facts: new Set(), dead: false, effects: [], guards: [], returns: [] });
    try { return run(); } finally { Object.assign(this, kept); }
  }

  fromDeclaration(declaration, symbol) {
    if (ts.isFunctionDeclaration(declaration)) {
      const body = symbol.declarations.find((each) => ts.isFunctionDeclaration(each) && each.body);
      return value({ fn: body ?? declaration });
    }
    if (ts.isSourceFile(declaration)) return value({ module: symbol });
    if (ts.isClassDeclaration(declaration)) return value({ cls: declaration });
    if (ts.isExportAssignment(declaration)) return this.eval(declaration.expression);
    if (ts.isEnumDeclaration(declaration)) return literal(symbol.name);
    if (ts.isVariableDeclaration(declaration) && declaration.initializer) return this.eval(declaration.initializer);
    if (ts.isBindingElement(declaration)) return this.fromPattern(declaration);
    return value();
  }

  fromPattern(element) {
    let top = element;
    while (!ts.isVariableDeclaration(top) && top.parent) top = top.parent;
    if (!top.initializer) return value();
    const whole = this.eval(top.initializer);
    if (whole.library || (whole.pack && whole.called)) return whole;
    const key = element.propertyName ?? element.name;
    return property(this, whole, key.getText(), element, true);
  }

  accessed(node, name) {
    if (node.getText() === "process.env") return value({ secret: true, environment: true });
    const owner = this.eval(node.expression);
    return property(this, owner, name, node, Boolean(node.questionDotToken));
  }

  indexed(node) {
    const owner = this.eval(node.expression);
    const key = this.eval(node.argumentExpression);
    if (typeof key.lit === "string") return property(this, owner, key.lit, node, Boolean(node.questionDotToken));
    const picked = this.calls.element(this, owner, node);
    if (key.mine && !owner.docs.length) return { ...key, truthy: new Set(), docs: owner.docs };
    return { ...picked, given: union(owner.given, key.given) };
  }

  object(node) {
    const fields = new Map(), more = [];
    let spread = [];
    for (const each of node.properties) {
      if (ts.isSpreadAssignment(each)) {
        const from = this.eval(each.expression);
        for (const [name, part] of from.fields ?? []) fields.set(name, part);
        if (!from.fields || from.path !== undefined) spread.push(from);
        more.push(from);
      } else if (ts.isMethodDeclaration(each)) {
        fields.set(each.name.getText(), value({ fn: each }));
      } else {
        const given = this.eval(each.initializer ?? each.name);
        const name = ts.isComputedPropertyName(each.name) ? null : each.name.text;
        if (name === null) more.push(given);
        else fields.set(name, given);
      }
    }
    return mix([...fields.values(), ...more], { fields, spread, never: "falsy", mine: false });
  }

  array(node) {
    const items = node.elements.map((each) => this.eval(ts.isSpreadElement(each) ? each.expression : each));
    const plain = node.elements.every((each) => !ts.isSpreadElement(each));
    const told = items.filter((each) => !each.isLiteral);
    const whole = mix(items, { items: plain ? items : undefined, never: "falsy", isArray: true });
    whole.mine = told.length > 0 && told.every((each) => each.mine);
    return whole;
  }

  conditional(node) {
    const cond = this.eval(node.condition);
    const yes = this.under(cond.truthy, () => this.eval(node.whenTrue));
    // `x ? f(x) : x` gives no x: it is nothing there.
    const nothing = node.whenFalse.getText() === node.condition.getText();
    const no = this.under(cond.falsy, () => (nothing ? literal(null) : this.eval(node.whenFalse)));
    return this.joined([[yes, cond.truthy], [no, cond.falsy]]);
  }

  /** The outcome of ways that exclude one another; a way that ends in a refusal is none. */
  joined(ways) {
    const left = ways.filter(([way]) => !way.ended);
    if (left.length === 0) { this.dead = true; return value(); }
    this.facts = common(left.map(([way]) => way.after));
    const told = left.map(([way, facts]) => ({
      ...way.result, truthy: union(way.result.truthy, facts), falsy: union(way.result.falsy, facts),
    }));
    return either(told);
  }

  binary(node) {
    const kind = node.operatorToken.kind;
    if (kind === S.AmpersandAmpersandToken || kind === S.BarBarToken || kind === S.QuestionQuestionToken) {
      return this.logical(node, kind);
    }
    if (kind >= S.FirstAssignment && kind <= S.LastAssignment) return this.assigned(node);
    const a = this.eval(node.left), b = this.eval(node.right);
    const equal = kind === S.EqualsEqualsEqualsToken || kind === S.EqualsEqualsToken;
    const unequal = kind === S.ExclamationEqualsEqualsToken || kind === S.ExclamationEqualsToken;
    if (equal || unequal) {
      const strict = kind === S.EqualsEqualsEqualsToken || kind === S.ExclamationEqualsEqualsToken;
      const told = compared(this, a, b, strict);
      return equal ? value({ truthy: told.equal, falsy: told.unequal, bool: true })
        : value({ truthy: told.unequal, falsy: told.equal, bool: true });
    }
    if (kind === S.InKeyword || kind === S.InstanceOfKeyword) return value({ bool: true });
    if (kind === S.CommaToken) return b;
    if (kind >= S.LessThanToken && kind <= S.GreaterThanEqualsToken) return this.ordered(kind, a, b);
    return mix([a, b]);
  }

  /** Of comparisons by size those with nothing matter: whether rows came, whether a time is over. */
  ordered(kind, a, b) {
    const more = kind === S.GreaterThanToken || kind === S.GreaterThanEqualsToken;
    if (b.isLiteral && a.rowsTruthy) {
      const some = more && b.lit === (kind === S.GreaterThanToken ? 0 : 1);
      const few = !more && b.lit === (kind === S.LessThanToken ? 1 : 0);
      if (some) return value({ truthy: a.rowsTruthy, bool: true });
      if (few) return value({ falsy: a.rowsTruthy, bool: true });
    }
    return more
      ? value({ truthy: outranks(a), falsy: outranks(b), bool: true })
      : value({ truthy: outranks(b), falsy: outranks(a), bool: true });
  }

  logical(node, kind) {
    const a = this.eval(node.left);
    const and = kind === S.AmpersandAmpersandToken;
    const under = this.under(and ? a.truthy : a.falsy, () => this.eval(node.right));
    const b = under.result;
    if (under.ended) {
      this.add(and ? a.falsy : a.truthy);
      if (!and) {
        const gained = [...a.truthy].filter(decides);
        if (gained.length) this.guards.push({ node, facts: gained, kind: "or" });
      }
      return a;
    }
    if (and) {
      const sides = [union(a.falsy), union(a.truthy, b.falsy)];
      const left = { ...either([a, b]), docs: b.docs, roots: b.roots, given: b.given, mine: b.mine, fields: b.fields };
      return { ...left, truthy: union(a.truthy, b.truthy), falsy: common(sides), never: b.never === "truthy" ? "truthy" : null };
    }
    const sides = [union(a.truthy), union(a.falsy, b.truthy)];
    return { ...either([a, b]), truthy: common(sides), falsy: union(a.falsy, b.falsy), never: b.never === "falsy" ? "falsy" : null };
  }

  assigned(node) {
    const given = stamped(this.eval(node.right), this.facts);
    const target = node.left;
    if (ts.isIdentifier(target)) {
      const symbol = this.project.checker.getSymbolAtLocation(target);
      const before = symbol && this.env.get(symbol);
      if (symbol) this.env.set(symbol, before && !before.isLiteral ? either([before, given]) : given);
    } else if (ts.isPropertyAccessExpression(target)) {
      const owner = this.eval(target.expression);
      if (owner.fields) owner.fields.set(target.name.text, given);
    } else this.leaky = true;
    return given;
  }

  without(target) {
    if (ts.isPropertyAccessExpression(target)) this.eval(target.expression).fields?.delete(target.name.text);
    return literal(true);
  }

  prefixed(node) {
    const given = this.eval(node.operand);
    if (node.operator !== S.ExclamationToken) return mix([given]);
    const never = { truthy: "falsy", falsy: "truthy" }[given.never] ?? null;
    return value({ truthy: given.falsy, falsy: given.truthy, bool: true, never });
  }

  // Functions.

  /** What a function of these files gives for values; null where it cannot be entered. */
  invoke(fn, given, node) {
    const deep = this.stack.length >= DEEPEST || this.stack.filter((each) => each === fn).length > 1;
    if (!fn.body) return null;
    if (deep) return this.unknown(node, "calls itself");
    const kept = { returns: this.returns, dead: this.dead };
    const before = this.facts;
    const saved = new Map(this.env);
    this.returns = [];
    this.stack.push(fn);
    this.parameters(fn, given);
    if (ts.isBlock(fn.body)) this.block(fn.body.statements);
    else this.returned(fn.body);
    this.stack.pop();
    const ways = this.returns;
    if (ts.isBlock(fn.body) && !this.dead) ways.push({ given: literal(undefined), facts: this.facts });
    Object.assign(this, kept);
    this.env = restored(this.env, saved, fn);
    this.facts = before;
    if (ways.length === 0) { this.dead = true; return value(); }
    this.facts = common(ways.map((way) => way.facts));
    return either(ways.map((way) => ({
      ...way.given, truthy: union(way.given.truthy, way.facts), falsy: union(way.given.falsy, way.facts),
    })));
  }

  parameters(fn, given) {
    for (const [at, each] of fn.parameters.entries()) {
      const part = each.dotDotDotToken ? mix(given.slice(at)) : given[at];
      const start = each.initializer && (!part || part.isLiteral) ? this.eval(each.initializer) : null;
      this.bind(each.name, start ?? part ?? literal(undefined));
    }
  }
}

/** The names as they were before a call, but what the call assigned to names outside of it stays. */
function restored(after, before, fn) {
  const kept = new Map(before);
  for (const [symbol, given] of after) {
    const at = symbol.declarations?.[0];
    const inside = at && at.getSourceFile() === fn.getSourceFile() && at.pos >= fn.pos && at.end <= fn.end;
    if (!inside || !before.has(symbol)) kept.set(symbol, given);
  }
  return kept;
}

const decides = (fact) => /^(?:auth|role|secret|verified|checked:)/.test(fact);

function isExpression(node) {
  return (node.kind >= S.ArrayLiteralExpression && node.kind <= S.SatisfiesExpression)
    || node.kind === S.Identifier || node.kind === S.StringLiteral || node.kind === S.NumericLiteral
    || node.kind === S.TemplateSpan || node.kind === S.SpreadElement;
}

module.exports = { Walk };
