"""Join by equality, and join what is NULL on both sides by itself.

JOIN ... ON a.code IS NOT DISTINCT FROM b.code tries every pair of rows: neither a hash nor a merge
join nor an index takes that operator. Two joins take its place, one by =, one of the rows that have
no code on either side; no pair of rows is in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes, Source, conjuncts, disjuncts, is_bare
from blueproof.sql.selected import has, is_merging, is_of, orders_outputs, output_order, outputs
from blueproof.sql.trees import brief, write_tree

LIST = Citation(
    url="https://mail-archive.com/pgsql-general@postgresql.org/msg209465.html",
    checked=date(2026, 11, 29),
    says="a join on IS NOT DISTINCT FROM is slow where one on = is fast; a UNION ALL of the join "
    "by = and the one of the NULLs is the way out",
)


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """A condition that two columns of different relations are equal or both NULL."""

    condition: exp.Expr
    one: exp.Column
    two: exp.Column
    nulls: bool


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each such join: by equality alone where a side is never NULL, else a UNION ALL of two."""
    for each, select in asked.selects():
        pair = next(_pairs(asked.scopes, select), None)
        if pair is not None and not pair.nulls:
            _put(pair, exp.EQ(this=pair.one.copy(), expression=pair.two.copy()))
            yield _advised(asked, each, pair)
            return
    tree = asked.tree()
    if not isinstance(tree, exp.Select) or not is_bare(tree) or has(tree, "order"):
        return
    pair = next(_pairs(asked.scopes, tree), None)
    if pair is not None and orders_outputs(tree, outputs(tree, asked.scopes)):
        yield _advised(asked, _union(asked.scopes, tree, pair), pair)


def _advised(asked: Asked, tree: exp.Query, pair: _Pair) -> Rewrite:
    nulls = ("the text is longer: a change to the query must be made on each side",)
    return Rewrite(
        title="Join by equality, and the NULLs by themselves" if pair.nulls else "Join by equality",
        text=write_tree(tree),
        because=(
            f"{asked.query.name} joins on {brief(pair.condition)}, which no index, hash or merge "
            "join serves: every pair of rows is tried",
        ),
        trade_offs=nulls if pair.nulls else (),
    )


def _pairs(scopes: Scopes, select: exp.Select) -> Iterator[_Pair]:
    """The conditions of this kind that every row that comes out fulfils."""
    sources = scopes.sources(select)
    merging = any(s.join is not None and is_merging(s.join) for s in sources)
    if merging or any(s.side for s in sources):
        return
    where = select.args.get("where")
    held = [s.join.args.get("on") for s in sources if s.join is not None]
    for part in [c for e in (*held, where.this if where else None) for c in conjuncts(e)]:
        columns = _compared(part)
        if columns is None:
            continue
        one, two = columns
        homes = [_home(scopes, sources, c) for c in columns]
        if None in homes or homes[0] is homes[1]:
            continue
        nulls = not (scopes.never_null(one) or scopes.never_null(two))
        yield _Pair(condition=part, one=one, two=two, nulls=nulls)


def _home(scopes: Scopes, sources: tuple[Source, ...], column: exp.Column) -> exp.Expr | None:
    return next((s.node for s in sources if is_of(column, s, scopes)), None)


def _compared(condition: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    """The columns of a IS NOT DISTINCT FROM b, or of a = b OR (a IS NULL AND b IS NULL)."""
    first, *others = disjuncts(condition)
    if not others:
        return _columns(condition) if isinstance(condition, exp.NullSafeEQ) else None
    if len(others) > 1:
        return None
    sides = (first, *others)
    equal = next((s for s in sides if isinstance(s, exp.EQ)), None)
    empty = next((list(conjuncts(s)) for s in sides if not isinstance(s, exp.EQ)), [])
    pair = _columns(equal) if equal is not None else None
    asked = [c.this for c in empty if isinstance(c, exp.Is) and isinstance(c.expression, exp.Null)]
    both = pair is not None and len(empty) == len(asked) == len(pair)
    return pair if both and pair and all(c in asked for c in pair) else None


def _columns(condition: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    one, two = condition.this.unnest(), condition.expression.unnest()
    found = isinstance(one, exp.Column) and isinstance(two, exp.Column)
    return (one, two) if found else None


def _put(pair: _Pair, new: exp.Expr) -> None:
    """Another condition in its place, without the parentheses that an OR needs."""
    old = pair.condition
    (old.parent if isinstance(old.parent, exp.Paren) else old).replace(new)


def _union(scopes: Scopes, tree: exp.Select, pair: _Pair) -> exp.Query:
    equal = exp.EQ(this=pair.one.copy(), expression=pair.two.copy())
    empty = exp.and_(
        *(exp.Is(this=c.copy(), expression=exp.Null()) for c in (pair.one, pair.two)), copy=False
    )
    order = output_order(tree, outputs(tree, scopes))
    arms = []
    for condition in (equal, empty):
        arm = tree.copy()
        arm.set("order", None)
        twin = next(_pairs_like(arm, pair))
        _put(_Pair(condition=twin, one=pair.one, two=pair.two, nulls=True), condition)
        arms.append(arm)
    union = exp.union(*arms, distinct=False, copy=False)
    union.set("order", order)
    return union


def _pairs_like(arm: exp.Select, pair: _Pair) -> Iterator[exp.Expr]:
    """The condition's twin in a copy of its tree."""
    return (n for n in arm.walk() if type(n) is type(pair.condition) and n == pair.condition)


_TABLES = """
CREATE TABLE parts (id bigint PRIMARY KEY, code integer, region integer NOT NULL);
CREATE TABLE labels (id bigint PRIMARY KEY, code integer, region integer, words text NOT NULL);
CREATE INDEX ON labels (code);
"""
_JOINED = """-- name: labels_of_parts
SELECT p.id, l.words FROM parts p {} JOIN labels l ON {} {};
"""
_SAME = "p.code IS NOT DISTINCT FROM l.code"
_SAID = "(p.code = l.code OR (l.code IS NULL AND p.code IS NULL))"
_LARGE = ("parts=50k", "labels=20k")

REWRITING = Rewriting(
    id="pg-join-on-nulls",
    title="Join by equality, and the NULLs by themselves",
    guide=__doc__ or "",
    evidence=(LIST,),
    turn=turn,
    cases=(
        Case(name="codes that are equal or both missing", given=_TABLES, rows=_LARGE,
             queries=_JOINED.format("", _SAME, "WHERE p.region = $1 ORDER BY p.id, words")),
        Case(name="said with OR", given=_TABLES, rows=_LARGE,
             queries=_JOINED.format("", f"{_SAID} AND l.region = 3", "")),
        Case(name="said in WHERE", given=_TABLES, rows=_LARGE,
             queries="SELECT p.id, l.id AS label FROM parts p, labels l WHERE p.region < 9 "
             f"AND {_SAME};"),
        Case(name="a side that is never NULL, counted in a subquery", given=_TABLES, rows=_LARGE,
             queries="SELECT * FROM (SELECT count(*) AS n FROM parts p JOIN labels l "
             "ON l.region IS NOT DISTINCT FROM p.region) x;"),
        Case(name="parts without a label come out, too", given=_TABLES, rows=("parts=2k",
             "labels=1k"), fires=False, queries=_JOINED.format("LEFT", _SAME, "")),
        Case(name="pairs are counted", given=_TABLES, rows=("parts=2k", "labels=1k"), fires=False,
             queries=f"SELECT count(*) AS n FROM parts p JOIN labels l ON {_SAME};"),
        Case(name="another column is missing", given=_TABLES, fires=False,
             rows=("parts=2k", "labels=1k"),
             queries=_JOINED.format("", _SAID.replace("l.code IS", "l.region IS"), "")),
        Case(name="either is missing", given=_TABLES, fires=False, rows=("parts=2k", "labels=1k"),
             queries=_JOINED.format("", _SAID.replace("NULL AND", "NULL OR"), "")),
        Case(name="the first pairs in any order", given=_TABLES, fires=False, rows=("parts=2k",
             "labels=1k"), queries=_JOINED.format("", _SAME, "LIMIT 5")),
        Case(name="one part", given=_TABLES, rows=("parts=2k", "labels=30"), fires=False,
             queries=_JOINED.format("", _SAME, "WHERE p.id = $1")),
    ),
)  # fmt: skip
