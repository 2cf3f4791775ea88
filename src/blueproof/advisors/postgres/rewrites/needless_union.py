"""Join the halves of a UNION with ALL where no row can come twice.

UNION sorts or hashes every row of both halves to take repeated ones out, and gives nothing before
it has read all. Where keys and conditions say that there are none, UNION ALL gives the same rows
one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared
from blueproof.sql.scopes import Scopes, Source, conjuncts
from blueproof.sql.selected import (
    Output,
    has,
    holds_key,
    is_merging,
    is_of,
    is_whole,
    name_of,
    outputs,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-union.html",
    checked=date(2026, 11, 29),
    says="UNION takes repeated rows out as DISTINCT does, unless UNION ALL is used",
)


_KINDS = {
    "word": ("text",),
    "number": ("smallint", "integer", "bigint"),
    "truth": ("boolean",),
}


# Comparisons with one value of which no row fulfils both.
_OPPOSITE = frozenset({
    ("<", ">="), ("<", ">"), ("<=", ">"), ("=", "<>"), ("=", "<"), ("=", ">"),
})  # fmt: skip


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The query with ALL in each UNION whose halves are disjoint and repeat no row."""
    tree = asked.tree()
    if tree is None:
        return
    unions = [u for u in tree.find_all(exp.Union) if u.args.get("distinct")]
    found = [u for u in unions if _repeats_nothing(asked.scopes, u)]
    for union in found:
        union.set("distinct", value=False)
    if found:
        yield Rewrite(
            title="UNION ALL in place of UNION",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} sorts or hashes all of its rows to take repeated ones out, "
                "and there are none",
            ),
        )


def _repeats_nothing(scopes: Scopes, union: exp.Union) -> bool:
    selects: list[exp.Select] = []
    for node in (*_arms(union.this), *_arms(union.expression)):
        if not isinstance(node, exp.Select) or not _is_distinct(scopes, node):
            return False
        selects.append(node)
    arms = [_Arm(select=s, given=_given(scopes, s)) for s in selects]
    if not all(a.given for a in arms) or len({len(a.given) for a in arms}) > 1:
        return False
    tags = [a for a in zip(*(arm.values for arm in arms), strict=True) if all(map(_constant, a))]
    told_apart = [[_constant(v) for v in tag] for tag in tags]
    return all(
        any(tag[a] != tag[b] for tag in told_apart) or _contradict(scopes, arms[a], arms[b])
        for a, b in combinations(range(len(arms)), 2)
    )


@dataclass(frozen=True, kw_only=True)
class _Arm:
    """One SELECT of a UNION, and its outputs."""

    select: exp.Select
    given: tuple[Output, ...]

    @property
    def values(self) -> tuple[exp.Expr, ...]:
        return tuple(o.value for o in self.given)

    @property
    def conditions(self) -> tuple[exp.Expr, ...]:
        where = self.select.args.get("where")
        return tuple(conjuncts(where.this)) if where else ()


def _arms(node: exp.Expr) -> Iterator[exp.Expr]:
    """The SELECTs that a chain of UNIONs puts together."""
    if isinstance(node, exp.Union) and not any(node.args.get(k) for k in ("limit", "offset")):
        yield from _arms(node.this)
        yield from _arms(node.expression)
    elif isinstance(node, exp.Subquery) and not node.alias:
        yield from _arms(node.this)
    else:
        yield node


def _given(scopes: Scopes, select: exp.Select) -> tuple[Output, ...]:
    """The outputs; those that are no columns under the name of their place."""
    known = outputs(select, scopes)
    if known or any(i.is_star for i in select.expressions):
        return known
    return tuple(
        Output(name=f"column {n}", value=item.unalias())
        for n, item in enumerate(select.expressions, start=1)
    )


def _is_distinct(scopes: Scopes, select: exp.Select) -> bool:
    """Whether a SELECT gives no row twice: it holds a key of each of its relations."""
    distinct = select.args.get("distinct")
    if distinct:
        return not distinct.args.get("on")
    sources = scopes.sources(select)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    if has(select, "order") or merging or any(s.side for s in sources) or not sources:
        return False
    values = [o.value for o in _given(scopes, select)]
    return all(
        s.table is not None and is_whole(s.node) and holds_key(s, values, scopes) for s in sources
    )


def _constant(node: exp.Expr) -> tuple[str, str] | None:
    """The kind and value of a plain word or whole number; 'a' and 'a ' may be the same char(2)."""
    bare = node.unnest()
    if isinstance(bare, exp.Cast) and bare.to.is_type("text"):
        bare = bare.this
    if isinstance(bare, exp.Boolean):
        return "truth", str(bare.this)
    if not isinstance(bare, exp.Literal):
        return None
    if bare.is_string:
        return ("word", bare.name.lower()) if bare.name.strip() == bare.name else None
    return ("number", str(int(bare.name))) if bare.is_int else None


def _contradict(scopes: Scopes, one: _Arm, two: _Arm) -> bool:
    """Whether the row of a table that both hold a key of would have to fulfil opposites."""
    for mine in scopes.sources(one.select):
        for theirs in scopes.sources(two.select):
            table = mine.table
            if table is None or table is not theirs.table:
                continue
            held = {_place(scopes, one, mine, c) for c in table.primary_key}
            same = held == {_place(scopes, two, theirs, c) for c in table.primary_key}
            if not held or "" in held or not same:
                continue
            pairs = [(t, u) for t in _told(scopes, one, mine) for u in _told(scopes, two, theirs)]
            if any(_are_apart(t, u) for t, u in pairs):
                return True
    return False


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What a condition fixes of a column: that it is one of some values, or none of them.

    With `sign` it is held against the one value, as far as that is written.
    """

    column: str
    kind: str
    values: frozenset[str]
    none: bool = False
    sign: str = ""


def _are_apart(one: _Told, two: _Told) -> bool:
    """Whether no value fulfils both."""
    if one.column != two.column:
        return False
    if one.sign or two.sign:
        opposite = (one.sign, two.sign) in _OPPOSITE or (two.sign, one.sign) in _OPPOSITE
        return opposite and one.values == two.values
    if one.kind != two.kind or (one.none and two.none):
        return False
    if one.none or two.none:
        listed, left_out = (two, one) if one.none else (one, two)
        return listed.values <= left_out.values
    return not one.values & two.values


def _place(scopes: Scopes, arm: _Arm, source: Source, column: str) -> str:
    """Which of a table's columns stands at which output; empty where it does not come out."""
    for number, value in enumerate(arm.values):
        mine = isinstance(value, exp.Column) and is_of(value, source, scopes)
        if mine and name_of(value) == column:
            return f"{column} {number}"
    return ""


def _told(scopes: Scopes, arm: _Arm, source: Source) -> Iterator[_Told]:
    """What WHERE fixes of a relation's columns."""
    for condition in arm.conditions:
        negated = isinstance(condition, exp.Not)
        bare = condition.this.unnest() if negated else condition
        column = bare if isinstance(bare, exp.Column) else bare.this
        if not isinstance(column, exp.Column) or not is_of(column, source, scopes):
            continue
        name = name_of(column)
        if isinstance(bare, exp.Is) and isinstance(bare.expression, exp.Null):
            known = frozenset({str(negated != bool(bare.args.get("negate")))})
            yield _Told(column=name, kind="null", values=known)
        elif isinstance(bare, exp.Column):
            yield _Told(column=name, kind="truth", values=frozenset({str(not negated)}))
        else:
            yield from _of_values(scopes, column, bare, negated=negated)


def _of_values(
    scopes: Scopes, column: exp.Column, condition: exp.Expr, *, negated: bool
) -> Iterator[_Told]:
    """What a comparison with constants fixes of a column."""
    known, name = scopes.column(column), name_of(column)
    listed = condition.expressions if isinstance(condition, exp.In) else [condition.expression]
    constants = [_constant(v) for v in listed if v is not None]
    told = [c for c in constants if c and known and known[1].type in _KINDS[c[0]]]
    whole = bool(told) and len(told) == len(listed) and len({k for k, _ in told}) == 1
    if whole and isinstance(condition, exp.EQ | exp.In | exp.NEQ):
        none = negated != isinstance(condition, exp.NEQ)
        values = frozenset(v for _, v in told)
        yield _Told(column=name, kind=told[0][0], values=values, none=none)
    for left, sign, right in compared(condition) if not negated else ():
        if left == column and isinstance(right, exp.Literal | exp.Parameter):
            yield _Told(column=name, kind="as written", values=frozenset({brief(right)}), sign=sign)


_TABLES = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL,
  created_at timestamptz NOT NULL, shipped_at timestamptz
);
CREATE TABLE refunds (id bigint PRIMARY KEY, customer_id bigint, created_at timestamptz NOT NULL);
CREATE INDEX ON orders (created_at);
CREATE INDEX ON refunds (created_at);
"""
_FEED = """-- name: feed
SELECT '{}' AS kind, id, created_at FROM orders UNION {}
SELECT '{}', id, created_at FROM refunds {} ORDER BY created_at DESC LIMIT 20;
"""
_STATES = """-- name: to_do
SELECT id, customer_id, created_at FROM orders WHERE {}
UNION SELECT id, customer_id, created_at FROM orders WHERE {};
"""
_PAIRS = """SELECT o.id, r.id AS refund FROM orders o
JOIN refunds r ON r.customer_id = o.customer_id WHERE"""
_LARGE = ("orders=5M", "refunds=500k")

REWRITING = Rewriting(
    id="pg-needless-union",
    title="Join the halves of a UNION with ALL",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a word tells the two apart", given=_TABLES, rows=_LARGE,
             queries=_FEED.format("order", "", "refund", "")),
        Case(name="two states of one table, joined to another", given=_TABLES, rows=_LARGE,
             queries=f"{_PAIRS} o.status = 'open' UNION {_PAIRS} o.status = 'paid';"),
        Case(name="one is shipped, the other is not", given=_TABLES, rows=_LARGE,
             queries="SELECT c.* FROM (SELECT id, created_at FROM orders WHERE shipped_at IS NULL "
             "UNION SELECT o.id, o.shipped_at FROM orders o WHERE o.shipped_at IS NOT NULL) AS c "
             "LIMIT 100;"),
        Case(name="one state, and some others", given=_TABLES, rows=_LARGE,
             queries=f"{_PAIRS} o.status = 'open' UNION {_PAIRS} o.status IN ('paid', 'sent');"),
        Case(name="before a moment and from it on", given=_TABLES, rows=_LARGE,
             queries=_STATES.format("created_at < $1", "$1 <= created_at AND status <> 'x'")),
        Case(name="one state and any other", given=_TABLES, rows=_LARGE,
             queries=_STATES.format("status <> 'open'", "status = 'open'")),
        Case(name="both hold at the moment itself", given=_TABLES, rows=_LARGE, fires=False,
             queries=_STATES.format("created_at <= $1", "created_at >= $1")),
        Case(name="the lists share a state", given=_TABLES, rows=_LARGE, fires=False,
             queries=_STATES.format("status IN ('open', 'paid')", "status IN ('paid', 'sent')")),
        Case(name="the same word", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("order", "", "Order", "")),
        Case(name="it already says ALL", given=_TABLES, rows=_LARGE, fires=False,
             queries=_FEED.format("order", "ALL", "refund", "")),
        Case(name="without a key a row of one table may come twice", given=_TABLES, rows=_LARGE,
             queries=_FEED.format("order", "", "refund", "").replace("id,", "customer_id,"),
             fires=False),
        Case(name="the states may overlap", given=_TABLES, rows=_LARGE, fires=False,
             queries=_STATES.format("status = 'open'", "customer_id = 5")),
        Case(name="another row may have the other state", given=_TABLES, rows=_LARGE, fires=False,
             queries=_STATES.format("status = 'open'", "status = 'paid'").replace(
                 "id, customer_id", "customer_id, id", 1)),
    ),
)  # fmt: skip
