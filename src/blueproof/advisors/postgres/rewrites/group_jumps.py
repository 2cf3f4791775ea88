"""Jump from one group of an index to the next, where few groups have many rows each.

SELECT station, channel, max(at) FROM data GROUP BY station, channel reads every row to find a few
hundred groups: PostgreSQL has no plan that jumps. WITH RECURSIVE says it by hand: the first entry
of an index on the columns, then the first one beyond that group, each one look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.few_groups import are_few, how_many
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.wording import listed
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.multiplied import grouped_values
from blueproof.sql.names import quote
from blueproof.sql.schema import Table
from blueproof.sql.scopes import Source, all_of, certain, conjuncts, fresh
from blueproof.sql.selected import (
    both,
    has,
    identifier,
    is_exact,
    name_of,
    named,
    only_table,
    orders_outputs,
    output_order,
    outputs,
    put,
    qualify,
    read_column,
    read_select,
    ref,
)
from blueproof.sql.trees import brief, write_tree

POST = Citation(
    url="https://www.depesz.com/2021/09/27/using-recursive-queries-to-get-distinct-elements-from-table/",
    checked=date(2026, 11, 29),
    says="a recursive query that looks up the next pair of values in an index finds few pairs in "
    "many rows far sooner than DISTINCT",
)
WIKI = Citation(
    url="https://wiki.postgresql.org/wiki/Loose_indexscan",
    checked=date(2026, 11, 29),
    says="jumping from one value of an index to the next can be said as a recursive query, and is "
    "much faster where few values repeat often",
)
# Aggregates, by the names that PostgreSQL gives their outputs.
_NAMES: dict[type[exp.Expr], str] = {
    exp.ArrayAgg: "array_agg", exp.Count: "count", exp.GroupConcat: "string_agg", exp.Sum: "sum",
    exp.Min: "min", exp.Max: "max",
}  # fmt: skip
_CLAUSES = ("group", "distinct", "order", "limit", "offset")


@dataclass(frozen=True, kw_only=True)
class _Groups:
    """A SELECT of groups: the columns to jump over, in order, and what is asked of each group.

    `end` is the column of which the least value (the greatest: `last`) of each group is asked;
    `whole` is whether the SELECT stays as it is and only reads fewer rows.
    """

    select: exp.Select
    source: Source
    table: Table
    columns: tuple[str, ...]
    end: str = ""
    last: bool = False
    whole: bool = False


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT of groups by several columns, or of what their different or end values are."""
    for tree, select in asked.selects():
        _name_outputs(select)
        groups = _read(asked, select)
        if groups is None:
            continue
        table, database = groups.table.name, asked.database
        names = listed(groups.columns)
        yield Rewrite(
            title=f"Jump from one {names} of {table} to the next (a loose index scan)",
            text=write_tree(put(tree, select, _jumping(asked, tree, groups))),
            because=(
                f"{asked.query.name} reads all {database.rows(table):,} rows of {table} to find at "
                f"most {how_many(database, table, groups.columns):,.0f} values of {names}",
            ),
            trade_offs=(
                f"with nearly as many values of {names} as rows the jumps are slower than reading "
                "everything: right as long as the values are few",
            ),
        )


def _name_outputs(select: exp.Select) -> None:
    """The name of an aggregate's output written out, so that it stays what it is."""
    for item in list(select.expressions):
        bare = item.this if isinstance(item, exp.Filter) else item
        if type(bare) in _NAMES:
            item.replace(exp.alias_(item.copy(), _NAMES[type(bare)]))


def _read(asked: Asked, select: exp.Select) -> _Groups | None:
    source = only_table(select, asked.scopes, but="order")
    apart = not isinstance(select.parent, exp.SetOperation)
    if source is None or source.table is None or has(select, *_CLAUSES) or not apart:
        return None
    given = outputs(select, asked.scopes)
    by = grouped_values(select, given)
    names = tuple(dict.fromkeys(name_of(v) for v in by if isinstance(v, exp.Column)))
    figures: list[exp.Expr] = list(select.find_all(exp.AggFunc, exp.Window))
    plain = len({o.name for o in given}) == len(given) and orders_outputs(select, given)
    if not by or not plain or not all(isinstance(v, exp.Column) for v in by):
        return None
    groups = _asked_of(select, source, names, figures)
    shown = {c for c in (*names, groups.end if groups else "") if c}
    if groups is None or not _are_known(select, shown | set(groups.columns)):
        return None
    table = groups.table
    sure = all(certain(table, table.by_name[c]) and is_exact(table, c) for c in groups.columns)
    if groups.last and not certain(table, table.by_name[groups.end]):
        return None  # the first one downwards would be NULL
    return groups if sure and are_few(asked.database, table, groups.columns) else None


def _asked_of(
    select: exp.Select, source: Source, names: tuple[str, ...], figures: list[exp.Expr]
) -> _Groups | None:
    """What is asked of each group; None where every row of it must be read."""
    assert source.table is not None, "the caller looked"
    values = {_column(f) for f in figures}
    if not figures and len(names) > 1:
        return _Groups(select=select, source=source, table=source.table, columns=names)
    if len(values) != 1 or not names or None in values or select.args.get("distinct"):
        return None
    (end,) = values
    kinds = {type(f) for f in figures}
    if end is None or end in names or any(isinstance(f.parent, exp.Window) for f in figures):
        return None
    one_end = kinds in ({exp.Min}, {exp.Max})
    if one_end and any(isinstance(f.parent, exp.Filter) for f in figures):
        return None
    if one_end:
        last = exp.Max in kinds
        return _Groups(
            select=select, source=source, table=source.table, columns=names, end=end, last=last
        )
    columns = (*names, end)
    return _Groups(select=select, source=source, table=source.table, columns=columns, whole=True)


def _column(figure: exp.Expr) -> str | None:
    """The column that an aggregate takes each different value of, or the least or greatest."""
    inner = figure.this
    if type(figure) not in _NAMES:
        return None
    if isinstance(inner, exp.Order):
        inner = inner.this
    if isinstance(inner, exp.Distinct):
        inner = inner.expressions[0] if len(inner.expressions) == 1 else None
    elif not isinstance(figure, exp.Min | exp.Max):
        return None  # it hangs on how often a value comes
    alone = isinstance(inner, exp.Column) and not figure.args.get("expressions")
    return name_of(inner) if alone and inner is not None else None


def _are_known(select: exp.Select, columns: set[str]) -> bool:
    """Whether the outputs name nothing but these columns."""
    return all(
        name_of(c) in columns for item in select.expressions for c in item.find_all(exp.Column)
    )


def _jumping(asked: Asked, tree: exp.Query, groups: _Groups) -> exp.Query:
    """The groups, each found from the one before, and the SELECT that reads them."""
    select = groups.select
    order = output_order(select, outputs(select, asked.scopes))
    each = fresh(tree, "each_group")
    new = select.copy()
    for column in [c for item in new.expressions for c in item.find_all(exp.Column)]:
        column.set("table", identifier(each))
    if not groups.whole:
        for figure in list(new.find_all(exp.Min, exp.Max)):
            figure.replace(read_column(each, groups.end))
        _say_once(new)
        for clause in ("group", "distinct"):
            new.set(clause, None)
    elif new.args.get("group"):
        by = [read_column(each, c) for c in groups.columns[:-1]]
        new.set("group", exp.Group(expressions=by))
    new.set("where", None)
    new.set("order", order)
    new.set("from_", read_select(f"SELECT 1 FROM {quote(each)}").args["from_"])
    made = read_select(f"WITH RECURSIVE {quote(each)} AS ({_steps(tree, groups, each)}) SELECT 1")
    new.set("with_", made.args["with_"])
    return new


def _say_once(select: exp.Select) -> None:
    """No name after AS that the column has anyway."""
    for item in list(select.expressions):
        plain = isinstance(item, exp.Alias) and isinstance(item.this, exp.Column)
        if plain and name_of(item.args["alias"]) == name_of(item.this):
            item.replace(item.this)


def _steps(tree: exp.Query, groups: _Groups, each: str) -> str:
    """The first group, and from each the next."""
    alias, beyond = groups.source.alias, quote(fresh(tree, "following"))
    carried = tuple(dict.fromkeys((*groups.columns, *((groups.end,) if groups.end else ()))))
    where = groups.select.args.get("where")
    others = list(conjuncts(qualify(where.this, alias))) if where else []
    place = f"FROM {named(groups.table, alias)}"
    down, sign = (" DESC", "<") if groups.last else ("", ">")
    shown = ", ".join(ref(alias, c) for c in carried)
    last = f"ORDER BY {', '.join(ref(alias, c) + down for c in carried)} LIMIT 1"
    mine = ", ".join(ref(alias, c) for c in groups.columns)
    before = ", ".join(ref(each, c) for c in groups.columns)
    step = f"{mine} {sign} {before}" if len(groups.columns) == 1 else f"({mine}) {sign} ({before})"
    first = f" WHERE {brief(all_of(others) or exp.true())}" if others else ""
    return (
        f"(SELECT {shown} {place}{first} {last}) UNION ALL "
        f"SELECT {', '.join(f'{beyond}.{quote(c)}' for c in carried)} FROM {quote(each)} "
        f"CROSS JOIN LATERAL (SELECT {shown} {place} WHERE {both(step, others)} {last}) AS {beyond}"
    )


_TABLES = """
CREATE TABLE stations (id integer PRIMARY KEY);
CREATE TABLE data (
  id bigint PRIMARY KEY, station_id integer NOT NULL REFERENCES stations, status text NOT NULL,
  channel text, taken_on date NOT NULL, value integer
);
"""
_PAIRS = "-- name: pairs\nSELECT DISTINCT station_id, status FROM data ORDER BY status DESC;"
_NEWEST = """-- name: newest
SELECT station_id, status, max(taken_on) FROM data GROUP BY 1, 2;
"""
_STATES = """-- name: states
SELECT d.station_id AS station, array_agg(DISTINCT d.status ORDER BY d.status),
  count(DISTINCT status)
FROM data d GROUP BY d.station_id ORDER BY station;
"""
_LARGE = ("data=5M", "stations=100")

REWRITING = Rewriting(
    id="pg-group-jumps",
    title="Jump from one group of an index to the next",
    guide=__doc__ or "",
    evidence=(POST, WIKI),
    turn=turn,
    cases=(
        Case(name="pairs", given=_TABLES, queries=_PAIRS, rows=_LARGE),
        Case(name="the newest of each pair", given=_TABLES, queries=_NEWEST, rows=_LARGE),
        Case(name="the states of each station", given=_TABLES, queries=_STATES, rows=_LARGE),
        Case(name="in a subquery", given=_TABLES, rows=_LARGE,
             queries="SELECT count(*) AS n FROM (SELECT station_id, status FROM data "
             "WHERE taken_on IS NOT NULL GROUP BY status, station_id) AS x;"),
        Case(name="the least value of each station, which may be NULL", rows=_LARGE,
             given=f"{_TABLES}CREATE INDEX ON data (station_id, value);",
             queries="SELECT station_id, min(value) AS least FROM data "
             "WHERE taken_on IS NOT NULL GROUP BY station_id ORDER BY least LIMIT 10;"),
        Case(name="a pair that may hold a NULL", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAIRS.replace("status FROM", "channel AS status FROM")),
        Case(name="a greatest value that may be NULL", given=_TABLES, rows=_LARGE, fires=False,
             queries=_NEWEST.replace("taken_on", "value")),
        Case(name="values of which a NULL is one", given=_TABLES, rows=_LARGE, fires=False,
             queries=_STATES.replace("DISTINCT status", "DISTINCT channel").replace(
                 "d.status", "d.channel")),
        Case(name="how often each comes", given=_TABLES, rows=_LARGE, fires=False,
             queries=_STATES.replace("count(DISTINCT status)", "count(status)")),
        Case(name="least and greatest at once", given=_TABLES, rows=_LARGE, fires=False,
             queries=_NEWEST.replace("max(taken_on)", "max(id), min(id)")),
        Case(name="nearly as many pairs as rows", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAIRS.replace("station_id", "id")),
        Case(name="pairs of a small table", given=_TABLES, queries=_PAIRS, fires=False,
             rows=("data=200", "stations=5")),
    ),
)  # fmt: skip
