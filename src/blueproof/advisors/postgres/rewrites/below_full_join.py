"""Put a condition on what a FULL JOIN merges into each of its sides.

Above FULL JOIN ... USING (id) the name id is COALESCE(a.id, b.id): a condition on it reaches no
index of either side, and both are read and joined whole. The rows of one id meet only rows of that
id, so each side may leave out the others before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Source, all_of, conjuncts
from blueproof.sql.selected import (
    identifier,
    inner_select,
    is_whole,
    name_of,
    outputs,
    read_column,
    read_select,
)
from blueproof.sql.trees import brief, read_tree, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="a FULL JOIN gives the rows of either side that have no partner too, filled with NULL; "
    "USING and NATURAL give out one column for each pair of those that are compared",
)
_COMPARED = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_WHOLE_NUMBERS = frozenset({"smallint", "integer", "bigint"})
_VIEWS = re.compile(
    r"^\s*CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+(?:public\.)?(?P<name>\w+|\"[^\"]+\")\s+AS\b"
    r"(?P<query>[^;]+);",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class _Merged:
    """A condition on a value that comes from any of the sides, by the name it has in each."""

    condition: exp.Expr
    value: exp.Expr
    names: tuple[str, ...]


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT from a FULL JOIN, its conditions on the merged columns put into the sides."""
    for tree, select in asked.selects():
        sources = asked.scopes.sources(select)
        found = list(_merged(asked, select, sources))
        if not found:
            continue
        told = ", ".join(dict.fromkeys(brief(m.value) for m in found))
        for at, source in enumerate(sources):
            _narrow(source, [(m, m.names[at]) for m in found])
        _keep(select, [m.condition for m in found])
        sides = " and ".join(s.alias for s in sources)
        yield Rewrite(
            title=f"Filter {sides} before the FULL JOIN",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} joins {sides} whole and then keeps some values of {told}, "
                "which come from either side",
            ),
        )


def _merged(asked: Asked, select: exp.Select, sources: tuple[Source, ...]) -> Iterator[_Merged]:
    """The conditions of WHERE that each side can judge by itself."""
    joins = [s.join for s in sources[1:] if s.join is not None]
    full = bool(joins) and all(s.side == "FULL" for s in sources[1:])
    where = select.args.get("where")
    if not full or where is None or not all(_is_plain(s.node) for s in sources):
        return
    for condition in conjuncts(where.this):
        value = _held(condition)
        names = _names(sources, value) if value is not None else ()
        if value is not None and names and _are_alike(asked, select, sources, names):
            yield _Merged(condition=condition, value=value, names=names)


def _is_plain(node: exp.Expr) -> bool:
    alias = node.args.get("alias")
    named = alias is not None and alias.args.get("columns")
    return is_whole(node) or (isinstance(node, exp.Subquery) and not named)


def _held(condition: exp.Expr) -> exp.Expr | None:
    """The value that a condition holds against constants and parameters, if it is true of none."""
    if not isinstance(condition, _COMPARED) or condition.find(exp.Select):
        return None
    value = condition.this.unnest()
    if isinstance(condition, exp.Binary) and not isinstance(value, exp.Column | exp.Coalesce):
        value = condition.expression.unnest()
    mine = {id(c) for c in value.find_all(exp.Column)}
    fits = isinstance(value, exp.Column | exp.Coalesce)
    alone = all(id(c) in mine for c in condition.find_all(exp.Column))
    return value if fits and alone else None


def _names(sources: tuple[Source, ...], value: exp.Expr) -> tuple[str, ...]:
    """What the value is called in each side; none where it is not the merged one."""
    if isinstance(value, exp.Column):
        name = name_of(value)
        merged = not value.table and all(_merges(s.join, name) for s in sources[1:])
        return (name,) * len(sources) if merged else ()
    parts = [value.this, *value.expressions]
    columns = all(isinstance(p, exp.Column) for p in parts)
    pair = len(parts[1:]) == len(sources[1:]) == 1 and columns
    join = sources[-1].join
    if not pair or join is None:
        return ()
    by_alias = {name_of(p.args["table"]): name_of(p) for p in parts if p.args.get("table")}
    names = tuple(by_alias.get(s.alias, "") for s in sources)
    told = {s.alias: n for s, n in zip(sources, names, strict=True)}
    equal = any(_says(c, told) for c in conjuncts(join.args.get("on")))
    return (
        names if all(names) and (equal or (len(set(names)) == 1 and _uses(join, names[0]))) else ()
    )


def _merges(join: exp.Join | None, name: str) -> bool:
    return join is not None and (join.method == "NATURAL" or _uses(join, name))


def _uses(join: exp.Join, name: str) -> bool:
    return any(name_of(each) == name for each in join.args.get("using") or ())


def _says(condition: exp.Expr, told: dict[str, str]) -> bool:
    """Whether a condition says that these two columns are equal."""
    sides = (condition.args.get("this"), condition.args.get("expression"))
    if not isinstance(condition, exp.EQ):
        return False
    found = {
        name_of(c.args["table"]): name_of(c)
        for c in sides
        if isinstance(c, exp.Column) and c.args.get("table")
    }
    return found == told


def _are_alike(
    asked: Asked, select: exp.Select, sources: tuple[Source, ...], names: tuple[str, ...]
) -> bool:
    """Whether the column is there in every side, of types of which equal values compare alike."""
    types = {_type(asked, select, s, n) for s, n in zip(sources, names, strict=True)}
    return None not in types and (len(types) == 1 or types <= _WHOLE_NUMBERS)


def _type(asked: Asked, select: exp.Select, source: Source, name: str) -> str | None:
    if source.table is not None:
        known = source.table.by_name.get(name)
        return known.type.partition("(")[0] if known else None
    view = _view(asked, source.node) if isinstance(source.node, exp.Table) else None
    inner = inner_select(select, source.node) or view
    if inner is not None:
        values = [o.value for o in outputs(inner, asked.scopes) if o.name == name]
        value = values[0] if len(values) == 1 else None
        found = asked.scopes.column(value) if isinstance(value, exp.Column) else None
        return found[1].type.partition("(")[0] if found else None
    return None


def _view(asked: Asked, node: exp.Table) -> exp.Select | None:
    """The SELECT of a view as the schema has it, where the view's name is all that is said."""
    ctes = any(name_of(c.args["alias"]) == name_of(node) for c in node.root().find_all(exp.CTE))
    if ctes or (node.db and name_of(node.args["db"]) != "public"):
        return None
    found = None
    for said in _VIEWS.finditer(asked.database.ddl):
        if said["name"].strip('"') == name_of(node):
            found = read_tree(said["query"])  # the last one holds
    return found if isinstance(found, exp.Select) else None


def _narrow(source: Source, told: list[tuple[_Merged, str]]) -> None:
    """A subquery with the conditions in the place of one side."""
    conditions = []
    for merged, name in told:
        condition = merged.condition.copy()
        column = read_column(source.alias, name)
        for node in list(condition.find_all(exp.Column, exp.Coalesce)):
            if node == merged.value:
                node.replace(column.copy())
                break
        conditions.append(condition)
    inner = read_select("SELECT * FROM x")
    inner.args["from_"].set("this", source.node.copy())
    inner.set("where", exp.Where(this=all_of(conditions)))
    made = exp.Subquery(this=inner, alias=exp.TableAlias(this=identifier(source.alias)))
    source.node.replace(made)


def _keep(select: exp.Select, gone: list[exp.Expr]) -> None:
    """WHERE less the conditions that the sides see to."""
    where = select.args["where"]
    rest = all_of(c for c in conjuncts(where.this) if all(c is not g for g in gone))
    select.set("where", exp.Where(this=rest) if rest is not None else None)


_TABLES = """
CREATE TABLE plans (day date NOT NULL, store integer NOT NULL, planned integer NOT NULL);
CREATE TABLE sales (day date NOT NULL, store integer NOT NULL, sold integer NOT NULL, at timestamp);
CREATE INDEX ON plans (store);
CREATE INDEX ON sales (store);
CREATE VIEW planned AS SELECT store, sum(planned) AS planned FROM plans GROUP BY store;
CREATE VIEW sold AS SELECT store, sum(sold) AS sold, count(*) AS n FROM sales GROUP BY store;
"""
_BOTH = """-- name: planned_and_sold
SELECT * FROM planned {} sold {} WHERE {};
"""
_SOME = _BOTH.format("FULL JOIN", "USING (store)", "store = ANY($1::integer[])")
_ON = """-- name: day_by_day
SELECT coalesce(p.store, s.store) AS store, p.planned, s.sold
FROM plans p FULL JOIN sales s ON s.store = p.store AND s.day = p.day WHERE {};
"""
_LARGE = ("plans=2M", "sales=2M")

REWRITING = Rewriting(
    id="pg-below-full-join",
    title="Put a condition on what a FULL JOIN merges into each of its sides",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="some stores of two views", given=_TABLES, queries=_SOME, rows=_LARGE),
        Case(name="NATURAL, some stores, and a condition beside", given=_TABLES, rows=_LARGE,
             queries=_BOTH.format("NATURAL FULL OUTER JOIN", "",
                                  "store IN (4, 7) AND coalesce(sold, 0) <> planned")),
        Case(name="COALESCE written out", given=_TABLES, rows=_LARGE,
             queries=_ON.format("coalesce(s.store, p.store) IN ($1, $2) AND s.sold IS NULL")),
        Case(name="of three subqueries", given=_TABLES, rows=_LARGE,
             queries="SELECT store, a.n, b.n AS others, c.planned FROM (SELECT store, count(*) "
             "AS n FROM sales GROUP BY store) a FULL JOIN (SELECT store, count(*) AS n FROM plans "
             "GROUP BY 1) b USING (store) FULL JOIN planned c USING (store) "
             "WHERE store BETWEEN $1 AND $1 + 3;"),
        Case(name="one store, which PostgreSQL carries down by itself", given=_TABLES, rows=_LARGE,
             queries=_SOME.replace("ANY($1::integer[])", "$1"), fires=False),
        Case(name="that one side has none is asked of the whole", given=_TABLES, fires=False,
             queries=_BOTH.format("FULL JOIN", "USING (store)", "sold IS NULL"), rows=_LARGE),
        Case(name="the column of one side alone", given=_TABLES, fires=False, rows=_LARGE,
             queries=_BOTH.format("NATURAL FULL JOIN", "", "sold = $1")),
        Case(name="COALESCE of columns that are not joined by", given=_TABLES, rows=_LARGE,
             queries=_ON.format("coalesce(p.planned, s.sold) = $1"), fires=False),
        Case(name="or the store is not known", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ON.format("coalesce(s.store, p.store) = $1 OR s.sold IS NULL")),
        Case(name="a day and a moment compare otherwise", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT coalesce(p.day, s.at) AS day FROM plans p FULL JOIN sales s "
             "ON s.at = p.day WHERE coalesce(p.day, s.at) > $1;"),
    ),
)  # fmt: skip
