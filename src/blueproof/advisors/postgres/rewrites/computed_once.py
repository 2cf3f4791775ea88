"""Compute a costly value once for each row, not at each place that names it.

A subquery in FROM or a WITH query is merged into what is around it: each mention of a column that a
function or a subquery makes is then another call of it, in WHERE as in the list. The same holds
where a query says the call itself several times. Behind MATERIALIZED, or in LATERAL, it is made
once a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Source, all_of, conjuncts, fresh, is_padded
from blueproof.sql.selected import (
    has,
    has_star,
    identifier,
    inner_select,
    name_of,
    outputs,
    read_column,
    readers,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-with.html",
    checked=date(2026, 11, 29),
    says="a WITH query that is read once is merged into the parent query, which may compute the "
    "same thing again; MATERIALIZED has it computed separately",
)
_FEWEST = 2
# Where a value may be asked for or not, row by row: there it may be one that cannot be computed.
_MAYBE = (exp.Case, exp.Coalesce, exp.AggFunc, exp.Window, exp.Filter)


@dataclass(frozen=True, kw_only=True)
class _Merged:
    """A subquery or WITH query whose costly outputs are named several times outside."""

    source: Source
    inner: exp.Select
    costly: dict[str, int]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each merged query kept apart, then each repeated call computed beside the row."""
    for tree, select in asked.selects():
        for found in _merged(asked, select):
            _take_in(asked, select, found)
            _keep_apart(select, found)
            names = ", ".join(found.costly)
            yield Rewrite(
                title=f"Compute {names} once for each row",
                text=write_tree(tree),
                because=(
                    f"{asked.query.name} names {names} {max(found.costly.values())} times, and "
                    f"PostgreSQL merges {found.source.alias} into it: each is another computation",
                ),
            )
            break  # the tree is changed
    for tree, select in asked.selects():
        calls = _repeated(asked, select)
        if calls:
            what = brief(calls[0])
            _put_beside(asked, tree, select, calls)
            yield Rewrite(
                title="Compute once for each row what is said several times",
                text=write_tree(tree),
                because=(f"{asked.query.name} computes {what} {len(calls)} times for each row",),
            )


def _merged(asked: Asked, select: exp.Select) -> Iterator[_Merged]:
    for source in asked.scopes.sources(select):
        inner = inner_select(select, source.node) if source.table is None else None
        if inner is None or _is_apart(inner) or _is_shared(select, source.node):
            continue
        given = outputs(inner, asked.scopes)
        costly = {o.name for o in given if any(_is_costly(asked, n) for n in o.value.walk())}
        named = {name: _mentions(asked, select, source, name) for name in costly}
        told = {name: n for name, n in named.items() if n >= _FEWEST}
        if told:
            yield _Merged(source=source, inner=inner, costly=told)


def _is_apart(inner: exp.Select) -> bool:
    """Whether PostgreSQL computes a SELECT by itself anyway."""
    after = ("group", "having", "distinct", "limit", "offset", "windows", "locks", "with_")
    figures = inner.find_all(exp.AggFunc, exp.Window)
    own = any(f.find_ancestor(exp.Select) is inner for f in figures)
    return own or any(inner.args.get(k) for k in after) or not inner.args.get("from_")


def _is_shared(select: exp.Select, node: exp.Expr) -> bool:
    """Whether it is a WITH query that is computed apart, or not this SELECT's alone to keep so."""
    if not isinstance(node, exp.Table):
        return False
    root, name = select.root(), name_of(node)
    cte = next(c for c in root.find_all(exp.CTE) if name_of(c.args["alias"]) == name)
    recursive = isinstance(cte.parent, exp.With) and cte.parent.recursive
    return readers(root, name) != 1 or cte.args.get("materialized") is True or bool(recursive)


def _is_costly(asked: Asked, node: exp.Expr) -> bool:
    """Whether it is a subquery, or a call of a function of the schema that always answers alike."""
    if isinstance(node, exp.Subquery):
        return isinstance(node.this, exp.Select) and len(node.this.expressions) == 1
    return isinstance(node, exp.Anonymous) and _function(node) in asked.database.schema.stable


def _function(call: exp.Anonymous) -> str:
    name = call.name if isinstance(call.this, str) else name_of(call)
    owner = call.parent.this if isinstance(call.parent, exp.Dot) else None
    schema = name_of(owner) if owner is not None and owner is not call else "public"
    return name.lower() if schema == "public" else f"{schema}.{name.lower()}"


def _mentions(asked: Asked, select: exp.Select, source: Source, name: str) -> int:
    starred = has_star(select)
    named = [c for c in select.find_all(exp.Column) if name_of(c) == name]
    owners = [asked.scopes.owner(c) for c in named]
    return starred + sum(o is not None and o.node is source.node for o in owners)


def _take_in(asked: Asked, select: exp.Select, found: _Merged) -> None:
    """Take the conditions on other columns along, so that fewer rows are computed."""
    where, sources = select.args.get("where"), asked.scopes.sources(select)
    given = {o.name: o.value for o in outputs(found.inner, asked.scopes)}
    padded = is_padded(found.source, sources)
    kept: list[exp.Expr] = []
    taken: list[exp.Expr] = []
    for condition in conjuncts(where.this) if where else ():
        columns = list(condition.find_all(exp.Column))
        owners = [asked.scopes.owner(c) for c in columns]
        mine = all(o is not None and o.node is found.source.node for o in owners)
        plain = all(isinstance(given.get(name_of(c)), exp.Column) for c in columns)
        fits = columns and mine and plain and not padded and not condition.find(exp.Select)
        (taken if fits else kept).append(condition)
    if not taken:
        return
    moved = []
    for condition in taken:
        copy = condition.copy()
        for column in list(copy.find_all(exp.Column)):
            column.replace(given[name_of(column)].copy())
        moved.append(copy)
    inner = found.inner.args.get("where")
    both = all_of((*conjuncts(inner.this if inner else None), *moved))
    found.inner.set("where", exp.Where(this=both))
    rest = all_of(kept)
    select.set("where", exp.Where(this=rest) if rest is not None else None)


def _keep_apart(select: exp.Select, found: _Merged) -> None:
    if isinstance(found.source.node, exp.Table):
        cte = found.inner.parent
        assert isinstance(cte, exp.CTE), "a WITH query is read by its name"
        cte.set("materialized", value=True)
        return
    assert select is not found.inner, "a subquery stands in another SELECT"
    found.inner.set("offset", exp.Offset(expression=exp.Literal.number(0)))


def _repeated(asked: Asked, select: exp.Select) -> list[exp.Expr]:
    """The places of the costly call that is said most often for each row of a SELECT."""
    figures = select.find_all(exp.AggFunc, exp.Window)
    own = any(f.find_ancestor(exp.Select) is select for f in figures)
    if own or has(select, "order", "limit", "offset", "with_") or not select.args.get("from_"):
        return []
    if any(isinstance(item, exp.Star) for item in select.expressions):
        return []
    found: dict[str, list[exp.Expr]] = {}
    for place in _places(select):
        for node in place.walk():
            if _is_costly(asked, node) and _is_of_a_row(asked, select, node):
                found.setdefault(brief(node), []).append(node)
    most = max(found.values(), key=len, default=[])
    sure = [n for n in most if not _is_maybe(n, select)]
    return most if len(sure) >= _FEWEST else []


def _places(select: exp.Select) -> Iterator[exp.Expr]:
    yield from select.expressions
    yield from (p for k in ("where", "order") if (p := select.args.get(k)) is not None)


def _is_of_a_row(asked: Asked, select: exp.Select, node: exp.Expr) -> bool:
    """Whether it stands in this SELECT itself, and a column of it is in there."""
    if node.find_ancestor(exp.Select) is not select:
        return False
    owners = [asked.scopes.owner(c) for c in node.find_all(exp.Column)]
    sources = {id(s.node) for s in asked.scopes.sources(select)}
    return all(owners) and any(o is not None and id(o.node) in sources for o in owners)


def _is_maybe(node: exp.Expr, select: exp.Select) -> bool:
    around = node.parent
    while around is not None and around is not select:
        if isinstance(around, _MAYBE):
            return True
        around = around.parent
    return False


def _put_beside(asked: Asked, tree: exp.Query, select: exp.Select, calls: list[exp.Expr]) -> None:
    """The call in a LATERAL subquery, and its value in each place."""
    alias = fresh(tree, "computed")
    taken = {name_of(c) for c in select.find_all(exp.Column)}
    taken |= {c for s in asked.scopes.sources(select) if s.table for c in s.table.by_name}
    named = [c.parent for c in calls if isinstance(c.parent, exp.Alias)]
    wish = name_of(named[0].args["alias"]) if named else "value"
    name = wish if wish not in taken else f"{wish}_of_row"
    value = exp.alias_(calls[0].copy(), identifier(name))
    inner = exp.select(value)
    inner.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    lateral = exp.Lateral(
        this=exp.Subquery(this=inner), alias=exp.TableAlias(this=identifier(alias))
    )
    for call in calls:
        shown = read_column(alias, name)
        bare = isinstance(call.parent, exp.Select)
        call.replace(exp.alias_(shown, _own_name(call)) if bare and _own_name(call) else shown)
    for item in list(select.expressions):
        if isinstance(item, exp.Alias) and item.this == read_column(alias, item.alias):
            item.replace(item.this)
    joins = select.args.get("joins") or []
    select.set("joins", [*joins, exp.Join(this=lateral, kind="CROSS")])


def _own_name(call: exp.Expr) -> str:
    """What PostgreSQL calls an output that is this call and has no name."""
    return _function(call).rpartition(".")[2] if isinstance(call, exp.Anonymous) else ""


_TABLES = """
CREATE FUNCTION decoded(raw text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE total integer := 0;
BEGIN
  FOR i IN 1 .. length(raw) LOOP total := total + ascii(substr(raw, i, 1)); END LOOP;
  RETURN total;
END $$;
CREATE FUNCTION next_of(n integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN n + 1; END $$;
CREATE TABLE sensors (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE readings (
  id integer PRIMARY KEY, sensor_id integer NOT NULL REFERENCES sensors, raw text NOT NULL,
  level integer NOT NULL
);
CREATE INDEX ON readings (sensor_id);
"""
_FILLED = """
INSERT INTO sensors SELECT i, 'sensor ' || i FROM generate_series(0, 9) i;
INSERT INTO readings SELECT i, i % 10, md5(i::text), i % 7 FROM generate_series(1, 20000) i;
ANALYZE;
"""
_WITH = """-- name: decoded_readings
WITH d AS {} (SELECT id, sensor_id, {} AS value FROM readings WHERE level < 5)
SELECT id, value, value * 2 AS twice FROM d
WHERE value <> 2000 AND value > 1000 AND value < 4000 AND sensor_id < 8;
"""
_LARGE = ("readings=200k", "sensors=10")
_LONG = "(SELECT count(*) FROM readings r WHERE r.sensor_id = s.id AND length(r.raw) > $1)"

REWRITING = Rewriting(
    id="pg-computed-once",
    title="Compute a costly value once for each row",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a WITH query whose column is a function's", given=_TABLES, rows=_LARGE,
             queries=_WITH.format("", "decoded(raw)"), filled=_FILLED),
        Case(name="a subquery that counts, named in conditions too", given=_TABLES, rows=_LARGE,
             queries="SELECT t.name, t.n, t.n * 100 / 7 AS share FROM (SELECT s.name, s.id, "
             "(SELECT count(*) FROM readings r WHERE r.sensor_id = s.id AND r.level > $1) AS n "
             "FROM sensors s) t WHERE t.n > 3 AND t.n < 100000 AND t.id > 2 ORDER BY t.n DESC;"),
        Case(name="the call itself, written each time", given=_TABLES, rows=_LARGE,
             filled=_FILLED,
             queries="SELECT r.id, s.name, decoded(r.raw), decoded(r.raw) * 2 AS twice, "
             "decoded(raw || '') AS other, decoded(r.raw) - 1 AS less FROM readings r "
             "JOIN sensors s ON s.id = r.sensor_id WHERE decoded(r.raw) > 1000 "
             "AND decoded(r.raw) <> 2000 ORDER BY decoded(r.raw), r.id;"),
        Case(name="a subquery, written each time", given=_TABLES, rows=_LARGE,
             queries=f"SELECT s.name, {_LONG} AS long, {_LONG} + 1 AS longer FROM sensors s "
             f"WHERE {_LONG} > 3 AND {_LONG} < 900 AND {_LONG} <> 7 ORDER BY {_LONG} DESC;"),
        Case(name="computed apart already", given=_TABLES, rows=_LARGE, filled=_FILLED,
             queries=_WITH.format("MATERIALIZED", "decoded(raw)"), fires=False),
        Case(name="a cheap column", given=_TABLES, rows=_LARGE, filled=_FILLED,
             queries=_WITH.format("", "level + 1"), fires=False),
        Case(name="a function that may answer otherwise each time", given=_TABLES, rows=_LARGE,
             filled=_FILLED, queries=_WITH.format("", "next_of(level)"), fires=False),
        Case(name="named once", given=_TABLES, rows=_LARGE, filled=_FILLED, fires=False,
             queries="SELECT value FROM (SELECT id, decoded(raw) AS value FROM readings) d "
             "WHERE id < 100;"),
        Case(name="asked for only where it can be", given=_TABLES, rows=_LARGE, filled=_FILLED,
             queries="SELECT CASE WHEN level > 3 THEN decoded(raw) END AS a, "
             "CASE WHEN level > 4 THEN decoded(raw) END AS b FROM readings;", fires=False),
    ),
)  # fmt: skip
