"""Take the rows that have a partner in its order, then those that have none.

ORDER BY coalesce(s.count, 0) DESC LIMIT 20 above a LEFT JOIN joins and sorts everything: no index
holds the order of rows that may have no partner. Each row either has one or not. Those that do come
in the order of an index on s.count, those that do not are all alike; twenty of each are enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.first_rows import up_to
from blueproof.sql.scopes import Source, all_of, certain, columns, conjuncts, fresh
from blueproof.sql.selected import (
    Output,
    has,
    identifier,
    is_merging,
    is_of,
    is_whole,
    name_of,
    named,
    outputs,
    put,
    read_select,
)
from blueproof.sql.trees import brief, read_part, write_tree

POST = Citation(
    url="https://www.crunchydata.com/blog/postgres-query-optimization-left-join-vs-union-all",
    checked=date(2026, 11, 29),
    says="the rows of a LEFT JOIN that have a partner and those that have none, each sorted and "
    "limited by itself and put together by UNION ALL, let an index on the sort key be walked",
)


@dataclass(frozen=True, kw_only=True)
class _Sorted:
    """A SELECT that is sorted by a relation which a LEFT JOIN brings, and its sort keys in full."""

    select: exp.Select
    source: Source
    given: tuple[Output, ...]
    keys: tuple[exp.Ordered, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each sorted and limited SELECT whose first sort key is of a relation of a LEFT JOIN."""
    for tree, select in asked.selects():
        found = _read(asked, select)
        if found is None:
            continue
        name, key = found.source.alias, brief(found.keys[0].this)
        new = _both(asked, tree, found)
        yield Rewrite(
            title=f"Take the rows with a row of {name} in its order, then those without",
            text=write_tree(put(tree, select, new)),
            because=(
                f"{asked.query.name} joins and sorts all rows by {key}, which no index holds for "
                f"rows without a row of {name}",
            ),
        )


def _read(asked: Asked, select: exp.Select) -> _Sorted | None:
    order, limit = select.args.get("order"), select.args.get("limit")
    plain = isinstance(limit, exp.Limit) and not limit.args.get("limit_options")
    if order is None or not plain or has(select, "order", "limit", "offset"):
        return None
    sources, given = asked.scopes.sources(select), outputs(select, asked.scopes)
    figures = select.find_all(exp.AggFunc, exp.Window)
    grouped = any(n.find_ancestor(exp.Select) is select for n in figures)
    joins = [s.join for s in sources if s.join is not None]
    told = len({o.name for o in given}) == len(given) > 0
    if grouped or not told or any(is_merging(j) for j in joins):
        return None
    keys = tuple(_key(item, given) for item in order.expressions)
    source = _of(asked, sources, keys[0].this)
    if source is None or any(isinstance(k.this, exp.Literal) for k in keys):
        return None
    known = all(asked.scopes.owner(c) for k in keys for c in columns(k))
    alone = _is_last(asked, select, sources, source)
    return (
        _Sorted(select=select, source=source, given=given, keys=keys) if known and alone else None
    )


def _key(item: exp.Ordered, given: tuple[Output, ...]) -> exp.Ordered:
    """A sort key as the expression that it stands for."""
    bare, found = item.this, []
    if isinstance(bare, exp.Literal) and bare.is_int and 0 < int(bare.name) <= len(given):
        found = [given[int(bare.name) - 1]]
    elif isinstance(bare, exp.Column) and not bare.table:
        found = [o for o in given if o.name == name_of(bare)]
    if not found:
        return item
    key: exp.Ordered = item.copy()
    key.set("this", found[0].value.copy())
    key.parent = item.parent  # so that it can be looked up from there
    return key


def _of(asked: Asked, sources: tuple[Source, ...], key: exp.Expr) -> Source | None:
    """The relation of a LEFT JOIN that a sort key is about, and it alone."""
    mine = list(columns(key))
    for source in sources:
        left = source.side == "LEFT" and source.table is not None and is_whole(source.node)
        about = mine and all(is_of(c, source, asked.scopes) for c in mine)
        if left and about and not key.find(exp.Select):
            return source
    return None


def _is_last(asked: Asked, select: exp.Select, sources: tuple[Source, ...], source: Source) -> bool:
    """Whether nothing else is joined by this relation, and no subquery or whole row names it."""
    on = source.join.args.get("on") if source.join is not None else None
    others = [s for s in sources if s is not source]
    sides = {s.side for s in others}
    if on is None or on.find(exp.Select) or not sides <= {"", "LEFT"}:
        return False
    for column in columns(select):
        owner = asked.scopes.owner(column)
        if owner is None and name_of(column) == source.alias:
            return False
        if owner is None or owner.node is not source.node:
            continue
        holder = column.find_ancestor(exp.Select, exp.Join)
        if holder is not select and holder is not source.join:
            return False
        if isinstance(column.this, exp.Star) and holder is not select:
            return False
    return True


def _both(asked: Asked, tree: exp.Query, found: _Sorted) -> exp.Query:
    """Both parts, each sorted and cut, put together, sorted and cut again."""
    shown = [*found.given]
    places: list[int] = []
    for key in found.keys:
        at = next((n for n, o in enumerate(shown) if o.value == key.this), len(shown))
        if at == len(shown):
            shown.append(Output(name=_free(shown, len(places) + 1), value=key.this))
        places.append(at)
    order = []
    for key, at in zip(found.keys, places, strict=True):
        item = key.copy()
        item.set("this", exp.column(identifier(shown[at].name)))
        order.append(item)
    matched, lonely = _matched(found, shown), _lonely(asked, found, shown)
    union = exp.Union(
        this=exp.Subquery(this=matched), expression=exp.Subquery(this=lonely), distinct=False
    )
    whole: exp.Query = union
    if len(shown) > len(found.given):
        listed = [exp.column(identifier(o.name)) for o in found.given]
        alias = exp.TableAlias(this=identifier(fresh(tree, "both")))
        whole = exp.select(*listed).from_(exp.Subquery(this=union, alias=alias))
    whole.set("order", exp.Order(expressions=order))
    for clause in ("limit", "offset"):
        held = found.select.args.get(clause)
        whole.set(clause, held.copy() if held is not None else None)
    return whole


def _free(shown: list[Output], number: int) -> str:
    name = f"sort_{number}"
    while any(o.name == name for o in shown):
        name += "_"
    return name


def _matched(found: _Sorted, shown: list[Output]) -> exp.Select:
    """The rows that have a partner."""
    part = _part(found, shown)
    for join in part.args["joins"]:
        if name_of(join.this.args.get("alias") or join.this) == found.source.alias:
            join.set("side", None)
            join.set("kind", None)
    keys = [_bare(found.source, k) for k in found.keys]
    part.set("order", exp.Order(expressions=keys))
    return part


def _bare(source: Source, key: exp.Ordered) -> exp.Ordered:
    """A sort key as an index holds it: no COALESCE or NULLS LAST where no NULL can be."""
    item: exp.Ordered = key.copy()
    value = item.this.this if isinstance(item.this, exp.Coalesce) else item.this
    table = source.table
    known = table.by_name.get(name_of(value)) if table and isinstance(value, exp.Column) else None
    mine = isinstance(value, exp.Column) and name_of(value.args["table"] or value) == source.alias
    if known is not None and certain(table, known) and (mine or not value.table):
        item.set("this", value.copy())
        item.set("nulls_first", bool(item.args.get("desc")))
    return item


def _lonely(asked: Asked, found: _Sorted, shown: list[Output]) -> exp.Select:
    """The rows that have none: what would be the partner's is NULL."""
    source, join = found.source, found.source.join
    assert source.table is not None, "it was read as a table"
    assert join is not None, "a LEFT JOIN brings it"
    part = _part(found, shown)
    part.set("order", exp.Order(expressions=[k.copy() for k in found.keys]))
    mine = _mine(asked, found)
    for column in list(part.find_all(exp.Column)):
        kind = mine.get((name_of(column.args["table"]) if column.table else "", name_of(column)))
        if kind is not None and not _in_join(column, source.alias):
            column.replace(read_part(f"NULL::{kind}"))
    for call in list(part.find_all(exp.Coalesce)):
        _without_nulls(call)
    part.set("joins", [j for j in part.args["joins"] if not _brings(j, source.alias)] or None)
    keys = [k for k in part.args["order"].expressions if k.find(exp.Column)]
    part.set("order", exp.Order(expressions=keys) if keys else None)
    none = read_select(f"SELECT 1 FROM {named(source.table, source.alias)}")
    none.set("where", exp.Where(this=join.args["on"].copy()))
    where = part.args.get("where")
    missing = exp.Not(this=exp.Exists(this=none))
    kept = all_of((*conjuncts(where.this if where else None), missing))
    part.set("where", exp.Where(this=kept))
    return part


def _mine(asked: Asked, found: _Sorted) -> dict[tuple[str, str], str]:
    """The types of the partner's columns, by the relation's name and theirs as they are written."""
    written: dict[tuple[str, str], str] = {}
    for column in (*columns(found.select), *(c for k in found.keys for c in columns(k))):
        told = asked.scopes.column(column)
        if told is not None and told[0].node is found.source.node:
            table = name_of(column.args["table"]) if column.table else ""
            written[table, name_of(column)] = told[1].type
    for output in found.given:  # behind a *
        value = output.value
        if isinstance(value, exp.Column) and name_of(value.args.get("table") or value) == (
            found.source.alias
        ):
            known = found.source.table.by_name.get(name_of(value)) if found.source.table else None
            if known is not None:
                written[found.source.alias, name_of(value)] = known.type
    return written


def _brings(join: exp.Join, alias: str) -> bool:
    return name_of(join.this.args.get("alias") or join.this) == alias


def _in_join(column: exp.Column, alias: str) -> bool:
    join = column.find_ancestor(exp.Join)
    return join is not None and _brings(join, alias)


def _without_nulls(call: exp.Coalesce) -> None:
    """COALESCE(NULL, 0) as 0."""
    parts = [p for p in (call.this, *call.expressions) if not _is_null(p)]
    if len(parts) == 1 and isinstance(parts[0], exp.Literal):
        call.replace(parts[0].copy())


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and isinstance(node.this, exp.Null)


def _part(found: _Sorted, shown: list[Output]) -> exp.Select:
    """The SELECT with each output by its name, cut after as many rows as are wanted of all."""
    part: exp.Select = found.select.copy()
    items: list[exp.Expr] = []
    for output in shown:
        value = output.value.copy()
        same = isinstance(value, exp.Column) and name_of(value) == output.name
        items.append(value if same else exp.alias_(value, identifier(output.name)))
    part.set("expressions", items)
    part.set("limit", up_to(part.args["limit"], part.args.get("offset")))
    part.set("offset", None)
    return part


_TABLES = """
CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (
  id bigint PRIMARY KEY, author_id bigint NOT NULL REFERENCES authors, title text NOT NULL,
  hidden boolean NOT NULL
);
CREATE TABLE scores (
  post_id bigint PRIMARY KEY REFERENCES posts, likes integer NOT NULL, rank integer,
  scored_at timestamptz NOT NULL
);
CREATE INDEX ON scores (likes);
CREATE INDEX ON scores (scored_at);
"""
_BEST = """-- name: best_posts
SELECT p.id, p.title, coalesce(s.likes, 0) AS likes
FROM posts p LEFT JOIN scores s ON s.post_id = p.id
WHERE NOT p.hidden ORDER BY {};
"""
_LARGE = ("posts=3M", "scores=2M", "authors=50k")

REWRITING = Rewriting(
    id="pg-sorted-outer-join",
    title="Take the rows that have a partner in its order, then those that have none",
    guide=__doc__ or "",
    evidence=(POST,),
    turn=turn,
    cases=(
        Case(name="by a count that may be missing", given=_TABLES, rows=_LARGE,
             queries=_BEST.format("likes DESC LIMIT 100")),
        Case(name="a later page, those without at the end, all columns", given=_TABLES, rows=_LARGE,
             queries="SELECT posts.*, a.name FROM posts JOIN authors a ON a.id = posts.author_id "
             "LEFT JOIN scores s ON s.post_id = posts.id AND s.likes > 0 "
             "ORDER BY s.scored_at DESC NULLS LAST LIMIT $1 OFFSET $2;"),
        Case(name="those without come first", given=_TABLES, rows=_LARGE,
             queries="SELECT p.id, s.scored_at FROM posts p LEFT JOIN scores s ON s.post_id = p.id "
             "ORDER BY 2 NULLS FIRST LIMIT 20;"),
        Case(name="all rows are wanted", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("likes DESC")),
        Case(name="sorted by the table that each row has", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("p.title LIMIT 100")),
        Case(name="sorted by both at once", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BEST.format("coalesce(s.likes, p.id) DESC LIMIT 100")),
        Case(name="another table is joined by the one that may be missing", given=_TABLES,
             queries="SELECT p.id, a.name FROM posts p LEFT JOIN scores s ON s.post_id = p.id "
             "LEFT JOIN authors a ON a.id = s.rank ORDER BY s.likes DESC LIMIT 20;", rows=_LARGE,
             fires=False),
        Case(name="groups are sorted", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT s.likes, count(*) FROM posts p LEFT JOIN scores s "
             "ON s.post_id = p.id GROUP BY s.likes ORDER BY s.likes DESC LIMIT 20;"),
        Case(name="a small table", given=_TABLES, rows=("posts=300", "scores=200", "authors=9"),
             queries=_BEST.format("likes DESC LIMIT 100"), fires=False),
    ),
)  # fmt: skip
