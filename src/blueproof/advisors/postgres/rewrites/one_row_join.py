"""Ask a bound of one row by itself, not by a join with that row.

FROM users, (SELECT id FROM users WHERE id = $1) AS cursor WHERE users.id >= cursor.id joins each
user with the one row, and no index on users.id can begin there: the bound is known in the join
alone. As users.id >= (SELECT ...) it is known before the first user is read.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes, Source, conjuncts
from blueproof.sql.selected import has, name_of, outputs
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-SCALAR-SUBQUERIES",
    checked=date(2026, 11, 29),
    says="a scalar subquery returns one row with one column; where it returns no row its result "
    "is NULL",
)
_BESIDE = ("from_", "where")
_AROUND = ("joins", "order", "limit", "offset", "with_")
_STRICT = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT that is joined with one row of a subquery, with that row's values asked for."""
    for tree, select in asked.selects():
        source = next(_rows_of_one(asked.scopes, select), None)
        if source is None:
            continue
        _ask_for(select, source)
        yield Rewrite(
            title="Ask for the one row by itself",
            text=write_tree(tree),
            because=(
                f"{asked.query.name} joins with {source.alias}, which is one row: its value "
                "is known in the join alone, so no index can begin there",
            ),
        )


def _rows_of_one(scopes: Scopes, select: exp.Select) -> Iterator[Source]:
    """The subqueries after a comma or CROSS JOIN that give one row at most, used as bounds."""
    sources = scopes.sources(select)
    other = any(s.side for s in sources) or has(select, *_AROUND)
    if other or any(isinstance(i.unalias(), exp.Star) for i in select.expressions):
        return
    for source in sources[1:]:
        join = source.join
        plain = join is not None and not (join.args.get("on") or join.args.get("using"))
        if plain and isinstance(source.node, exp.Subquery) and _is_one_row(scopes, source.node):
            given = {o.name for o in outputs(source.node.this, scopes)}
            uses = _uses(select, source)
            told = uses and all(name_of(c) in given for c in uses)
            if told and any(_bounds(part, source) for part in _where(select)):
                yield source


def _is_one_row(scopes: Scopes, node: exp.Subquery) -> bool:
    """Whether it reads a table by constants for all columns of a key."""
    inner = node.this
    if not isinstance(inner, exp.Select) or has(inner, *_BESIDE) or inner.find(exp.AggFunc):
        return False
    own = scopes.sources(inner)
    if len(own) != 1 or own[0].table is None or any(isinstance(i, exp.Star) for i in inner.selects):
        return False
    held = [p.this.unnest() for p in _where(inner) if _is_constant(p)]
    mine = [found[1].name for c in held if (found := scopes.column(c)) and found[0] == own[0]]
    plain = all(isinstance(i.unalias(), exp.Column) for i in inner.expressions)
    nested = inner.find(exp.Subquery, exp.Lock) or node.args["alias"].args.get("columns")
    return plain and not nested and own[0].table.is_key(tuple(mine))  # NULL equals no constant


def _is_constant(part: exp.Expr) -> bool:
    fixed = exp.Literal | exp.Parameter | exp.Placeholder | exp.Cast
    if not isinstance(part, exp.EQ):
        return False
    column, value = part.this.unnest(), part.expression.unnest()
    return (
        isinstance(column, exp.Column) and isinstance(value, fixed) and not value.find(exp.Column)
    )


def _where(select: exp.Select) -> Iterator[exp.Expr]:
    where = select.args.get("where")
    return conjuncts(where.this) if where is not None else iter(())


def _uses(select: exp.Select, source: Source) -> list[exp.Column]:
    """The columns of the subquery that the rest of the statement reads."""
    inside = {id(c) for c in source.node.find_all(exp.Column)}
    found = (c for c in select.find_all(exp.Column) if id(c) not in inside)
    return [c for c in found if c.table and name_of(c.args["table"]) == source.alias]


def _bounds(part: exp.Expr, source: Source) -> bool:
    """Whether a condition fails where the row is missing: a comparison with its bare column."""
    if not isinstance(part, _STRICT):
        return False
    sides = (part.this.unnest(), part.expression.unnest())
    own = (s.args.get("table") for s in sides if isinstance(s, exp.Column))
    return any(t is not None and name_of(t) == source.alias for t in own)


def _ask_for(select: exp.Select, source: Source) -> None:
    """A subquery for each use of the row, and the join left out."""
    inner = source.node.this
    items = {item.alias_or_name: item.unalias() for item in inner.expressions}
    for use in _uses(select, source):
        asked = inner.copy()
        asked.set("expressions", [items[name_of(use)].copy()])
        whole = exp.Subquery(this=asked)
        top = use.parent is select
        use.replace(exp.alias_(whole, name_of(use), quoted=True) if top else whole)
    joins = [j for j in select.args["joins"] if j is not source.join]
    select.set("joins", joins or None)


_TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, seen timestamptz, code text UNIQUE);
"""
_ROWS = """
INSERT INTO users
SELECT i, 'user ' || i, timestamptz '2026-01-01' + i * interval '1 minute', 'c' || i
FROM generate_series(1, 60000) i;
CREATE INDEX ON users (seen);
VACUUM ANALYZE;
"""

REWRITING = Rewriting(
    id="pg-one-row-join",
    title="Ask a bound of one row by itself",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a page that begins at a row", given=_TABLES, filled=_ROWS,
             queries="SELECT u.id, u.name FROM users u, (SELECT id AS first FROM users "
             "WHERE (users.id) = (59000)) AS c WHERE u.id >= c.first ORDER BY u.id LIMIT 20;"),
        Case(name="rows that were seen after one", given=_TABLES, filled=_ROWS,
             queries="SELECT u.id FROM users u CROSS JOIN (SELECT seen FROM users "
             "WHERE code = 'c59990') AS c WHERE u.seen > c.seen ORDER BY u.seen LIMIT 5;"),
        Case(name="not by a key", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT u.id FROM users u, (SELECT id FROM users WHERE name = 'user 59000') "
             "AS c WHERE u.id >= c.id ORDER BY u.id LIMIT 20;"),
        Case(name="nothing fails where there is no such row", given=_TABLES, filled=_ROWS,
             fires=False,
             queries="SELECT u.id, c.seen FROM users u, (SELECT seen FROM users WHERE id = 7) AS c "
             "WHERE u.id > 59000 ORDER BY u.id;"),
        Case(name="all of its columns come out", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT * FROM users u, (SELECT id FROM users WHERE id = 59000) AS c "
             "WHERE u.id >= c.id ORDER BY u.id LIMIT 20;"),
        Case(name="a left join keeps rows", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT u.id FROM users u LEFT JOIN (SELECT id FROM users WHERE id = 59000) "
             "AS c ON u.id >= c.id ORDER BY u.id LIMIT 20;"),
    ),
)  # fmt: skip
