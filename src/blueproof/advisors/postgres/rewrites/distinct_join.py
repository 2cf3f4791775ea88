"""Ask EXISTS of tables that are joined only to filter, instead of taking out repeated rows.

SELECT DISTINCT c.* FROM customers c JOIN orders o ON ... makes a row for each order, then sorts
all of them to keep one for each customer. With EXISTS no row is ever repeated, and the first order
is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes, Source, all_of, columns, conjuncts
from blueproof.sql.selected import has, holds_key, is_merging, is_whole, meant, name_of, outputs
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-subquery.html",
    checked=date(2026, 11, 29),
    says="EXISTS generally runs the subquery only long enough to tell whether at least one row "
    "comes back",
)


_TAKEN_AFTER = ("limit", "offset", "order", "distinct", "group", "having")


@dataclass(frozen=True, kw_only=True)
class _Split:
    """The relations of a SELECT: those whose columns come out, and those that only filter.

    `here` are the conditions on the former alone, `there` the others.
    """

    kept: tuple[Source, ...]
    asked: tuple[Source, ...]
    here: tuple[exp.Expr, ...]
    there: tuple[exp.Expr, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT that takes repeated rows out, over joins that add no column."""
    for tree, select in asked.selects():
        split = _split(asked.scopes, select) if _takes_repeats_out(select) else None
        if split is None:
            continue
        names = " and ".join(name_of(s.node) for s in split.asked)
        kept = " and ".join(name_of(s.node) for s in split.kept)
        _turn(asked.scopes, select, split)
        yield Rewrite(
            title=f"Ask EXISTS of {names}",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} repeats rows of {kept} for each match in {names} and then "
                "takes the repeated ones out",
            ),
        )


def _takes_repeats_out(select: exp.Select) -> bool:
    """Whether it gives the same if each row that it reads comes twice."""
    distinct, group = select.args.get("distinct"), select.args.get("group")
    own = [n for n in select.find_all(exp.AggFunc, exp.Window) if within(n) is select]
    if has(select, *_TAKEN_AFTER) or (distinct and (distinct.args.get("on") or group or own)):
        return False
    if any(isinstance(item, exp.Star) for item in select.expressions):
        return False
    return bool(distinct or group or own) and all(_is_indifferent(n) for n in own)


def within(node: exp.Expr) -> exp.Select | None:
    """The SELECT that a node stands in."""
    return node.find_ancestor(exp.Select)


def _is_indifferent(node: exp.Expr) -> bool:
    """Whether an aggregate does not care how often a value comes."""
    if isinstance(node.parent, exp.Filter | exp.Window | exp.WithinGroup):
        return False
    counts = isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct)
    return isinstance(node, exp.Min | exp.Max) or counts


def _split(scopes: Scopes, select: exp.Select) -> _Split | None:
    sources = scopes.sources(select)
    plain = all(s.table is not None and is_whole(s.node) and not s.side for s in sources)
    if not plain or any(s.join is not None and is_merging(s.join) for s in sources):
        return None
    clauses = [select.args.get(k) for k in ("order", "group", "having")]
    shown = [*select.expressions, *(c for c in clauses if c is not None)]
    given = {o.name for o in outputs(select, scopes)}
    needed = [_needs(scopes, part, sources, given) for part in shown]
    where = select.args.get("where")
    held = [s.join.args.get("on") for s in sources if s.join is not None]
    found = [c for each in (*held, where.this if where else None) for c in conjuncts(each)]
    about = [_needs(scopes, c, sources, set()) for c in found]
    if None in (*needed, *about):
        return None
    out = {alias for each in needed for alias in each or ()}
    here = tuple(c for c, a in zip(found, about, strict=True) if a is not None and a <= out)
    split = _Split(
        kept=tuple(s for s in sources if s.alias in out),
        asked=tuple(s for s in sources if s.alias not in out),
        here=here,
        there=tuple(c for c in found if not any(c is h for h in here)),
    )
    return split if split.kept and split.asked else None


def _needs(
    scopes: Scopes, part: exp.Expr, sources: tuple[Source, ...], given: set[str]
) -> set[str] | None:
    """The relations of this SELECT whose columns a part of it names; None if that is unknown."""
    found: set[str] = set()
    for column in columns(part):
        owner = scopes.owner(column)
        if owner is None and not (not column.table and name_of(column) in given):
            return None
        found |= {s.alias for s in sources if owner is not None and s.node is owner.node}
    return found


def _turn(scopes: Scopes, select: exp.Select, split: _Split) -> None:
    single = _is_single(scopes, select, split)
    exists = exp.Select(expressions=[exp.Literal.number(1)])
    _read_from(exists, split.asked, split.there, scopes)
    _read_from(select, split.kept, (*split.here, exp.Exists(this=exists)), scopes)
    if single and not select.args.get("having"):
        select.set("distinct", None)
        select.set("group", None)


def _is_single(scopes: Scopes, select: exp.Select, split: _Split) -> bool:
    """Whether each row of what is kept is a row, or a group, of its own anyway."""
    if any(within(n) is select for n in select.find_all(exp.AggFunc)):
        return False
    given, group = outputs(select, scopes), select.args.get("group")
    by = [meant(e, given) for e in group.expressions] if group else [o.value for o in given]
    return all(holds_key(s, by, scopes) for s in split.kept)


def _read_from(
    select: exp.Select,
    sources: tuple[Source, ...],
    conditions: tuple[exp.Expr, ...],
    scopes: Scopes,
) -> None:
    """Have a SELECT read these relations; a condition stands at the join that completes it."""
    left, joins = list(conditions), []
    first, *others = sources
    placed = {first.alias}
    for source in others:
        placed.add(source.alias)
        on = [c for c in left if _is_about(scopes, c, sources, source.alias, placed)]
        left = [c for c in left if not any(c is o for o in on)]
        kind = {} if on else {"kind": "CROSS"}
        joins.append(exp.Join(this=source.node.copy(), on=all_of(on), **kind))
    select.set("from_", exp.From(this=first.node.copy()))
    select.set("joins", joins)
    kept = all_of(left)
    select.set("where", exp.Where(this=kept) if kept is not None else None)


def _is_about(
    scopes: Scopes, condition: exp.Expr, sources: tuple[Source, ...], alias: str, placed: set[str]
) -> bool:
    """Whether a condition joins this relation with those that stand before it."""
    if isinstance(condition, exp.Exists):
        return False
    named = {s.alias for s in sources} & (_needs(scopes, condition, sources, set()) or set())
    return alias in named and named <= placed and len(named - {alias}) > 0


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, city text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
  created_at timestamptz NOT NULL, status text NOT NULL
);
CREATE TABLE items (
  order_id bigint NOT NULL REFERENCES orders, line integer NOT NULL, product_id bigint NOT NULL,
  PRIMARY KEY (order_id, line)
);
CREATE INDEX ON orders (customer_id);
"""
_BUYERS = """-- name: buyers
SELECT DISTINCT c.id, c.email FROM customers c JOIN orders o ON o.customer_id = c.id {};
"""
_LARGE = ("orders=5M", "customers=20k", "items=20M")

REWRITING = Rewriting(
    id="pg-distinct-join",
    title="Ask EXISTS of tables that are joined only to filter",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="customers with an order", given=_TABLES, queries=_BUYERS.format(""),
             rows=_LARGE),
        Case(name="sorted, without a key among the outputs", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT c.city FROM customers c, orders o "
             "WHERE o.customer_id = c.id AND o.status <> $1 ORDER BY c.city;"),
        Case(name="grouped in place of DISTINCT", given=_TABLES, rows=_LARGE,
             queries="SELECT c.id, c.email FROM customers c JOIN orders o ON o.customer_id = c.id "
             "GROUP BY c.id ORDER BY c.email;"),
        Case(name="counted once each, two tables away", given=_TABLES, rows=_LARGE,
             queries="SELECT count(DISTINCT c.id) AS n FROM customers c "
             "JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id;"),
        Case(name="a column of the other table comes out", given=_TABLES, rows=_LARGE,
             queries=_BUYERS.format("").replace("c.email", "o.status"), fires=False),
        Case(name="every match is counted", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT c.id, count(*) AS n FROM customers c JOIN orders o "
             "ON o.customer_id = c.id GROUP BY c.id;"),
        Case(name="the other table is looked up by its key", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT o.id, o.status FROM orders o "
             "JOIN customers c ON c.id = o.customer_id WHERE o.id = $1;", fires=False),
        Case(name="customers without an order come out too", given=_TABLES, rows=_LARGE,
             queries=_BUYERS.format("").replace("JOIN", "LEFT JOIN"), fires=False),
        Case(name="the first of each is wanted", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT DISTINCT ON (c.id) c.id, c.email FROM customers c JOIN orders o "
             "ON o.customer_id = c.id ORDER BY c.id, o.created_at DESC;"),
    ),
)  # fmt: skip
