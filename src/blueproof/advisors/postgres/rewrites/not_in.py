"""Ask NOT EXISTS instead of NOT IN (SELECT ...).

One NULL in the subquery makes NOT IN return no row at all, and because of that rule the planner
cannot turn it into an anti-join: a subquery too large to be hashed in memory is read again for
every row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.editing import body, clauses, significant
from blueproof.sql.lexer import Token
from blueproof.sql.schema import Table

WIKI = Citation(
    url="https://wiki.postgresql.org/wiki/Don%27t_Do_This",
    checked=date(2026, 11, 24),
    says="NOT IN (SELECT ...) gives no rows once the subquery holds a NULL, and is not planned as "
    "an anti-join",
)
_TABLE = re.compile(
    r'^((?:[\w$]+|"[^"]+")(?:\.(?:[\w$]+|"[^"]+"))?)(?:\s+(?:AS\s+)?(\w+))?$', re.IGNORECASE
)
_COLUMN = re.compile(r'^(?:([\w$]+|"[^"]+")\.)?([\w$]+|"[^"]+")$')
_PARTS_OF_SIMPLE = (["SELECT", "FROM"], ["SELECT", "FROM", "WHERE"])


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A NOT IN (SELECT ...) in a query's text: where it lies, its column and its subquery."""

    start: int
    end: int
    column: str
    subquery: str


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The first NOT IN over a subquery said as NOT EXISTS."""
    found = next(_find(asked.text), None)
    rewrite = _rewrite(asked.database, asked.query, found) if found else None
    if rewrite:
        yield rewrite


def _find(text: str) -> Iterator[_Found]:
    marks = significant(text)
    inside: list[bool] = []  # for each open parenthesis, whether a subquery stands in it
    for at, token in enumerate(marks):
        words = [t.text.upper() for t in marks[at : at + 4]]
        if token.text == "(":
            inside.append(words[1:2] == ["SELECT"])
        elif token.text == ")" and inside:
            inside.pop()
        # Within another subquery the column's name would be looked up there first.
        here = token.kind == "name" and not any(inside)
        if here and words == ["NOT", "IN", "(", "SELECT"]:
            column = _column_before(text, marks, at)
            end = _closing(marks, at + 2)
            if column is not None and end is not None:
                inner = text[marks[at + 3].start : end]
                yield _Found(start=column, end=end + 1, subquery=inner,
                             column=text[column : token.start].strip())  # fmt: skip


def _column_before(text: str, marks: list[Token], at: int) -> int | None:
    """Where the column reference that ends before this token begins, or None."""
    first = at - 1
    while first > 1 and marks[first - 1].text == ".":
        first -= 2
    if first < 0 or not _COLUMN.match(text[marks[first].start : marks[at].start].strip()):
        return None
    return marks[first].start


def _closing(marks: list[Token], opening: int) -> int | None:
    depth = 0
    for token in marks[opening:]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return token.start
    return None


def _rewrite(database: Database, query: Planned, found: _Found) -> Rewrite | None:
    inner = _inner(database, found.subquery)
    outer = _outer(database, query, found.column)
    if inner is None or outer is None:
        return None
    alias, column, source, table = inner
    outer_alias, outer_column, outer_table = outer
    if alias.lower() == outer_alias.lower():
        return None
    condition = f"{alias}.{column} = {outer_alias}.{outer_column}"
    kept = body(found.subquery, "WHERE")
    where = f"{condition} AND ({kept})" if kept else condition
    text = query.query.text
    new = f"NOT EXISTS (SELECT 1 FROM {source} WHERE {where})"
    if _nullable(outer_table, outer_column):
        return None  # NOT IN drops its NULLs unless the subquery is empty; NOT EXISTS keeps them
    excluded = re.search(rf"\b{re.escape(column)}\s+is\s+not\s+null\b", kept, re.IGNORECASE)
    nullable = () if excluded else _nullable(table, column)
    return Rewrite(
        title="Ask NOT EXISTS instead of NOT IN",
        text=f"{text[: found.start]}{new}{text[found.end :]}",
        because=_because(query, table, column, nullable=bool(nullable)),
        instead_of=(
            Alternative(
                choice=f"keep NOT IN and add {column} IS NOT NULL to the subquery",
                why_not="right answers, but still no anti-join: the planner keeps the subplan",
            ),
        ),
        trade_offs=_trade_offs(nullable),
        never_null=nullable,
        always=bool(nullable),
    )


def _inner(database: Database, subquery: str) -> tuple[str, str, str, Table] | None:
    """Alias, column, FROM item and table of a simple subquery over one table."""
    if [c.word for c in clauses(subquery)] not in _PARTS_OF_SIMPLE:
        return None
    selected = _COLUMN.match(body(subquery, "SELECT"))
    source = _TABLE.match(body(subquery, "FROM"))
    table = _table(database, source[1]) if source else None
    if not selected or not source or table is None or _bare(selected[2]) not in table.by_name:
        return None
    alias = source[2] or source[1].rpartition(".")[2]
    return alias, selected[2], body(subquery, "FROM"), table


def _outer(database: Database, query: Planned, column: str) -> tuple[str, str, Table] | None:
    """Alias, column and table of the reference before NOT IN; None where it is not certain."""
    parts = _COLUMN.match(column)
    assert parts is not None, "it was matched when it was found"
    source = _TABLE.match(body(query.query.text, "FROM"))
    if source is None:
        return None if not parts[1] else _by_alias(database, query, parts[1], parts[2])
    table = _table(database, source[1])
    alias = source[2] or source[1].rpartition(".")[2]
    if table is None or _bare(parts[2]) not in table.by_name:
        return None
    return (alias, parts[2], table) if parts[1] in (None, alias) else None


def _by_alias(
    database: Database, query: Planned, alias: str, column: str
) -> tuple[str, str, Table] | None:
    use = next((u for u in query.uses if u.alias == _bare(alias)), None)
    table = database.schema.by_name.get(use.table) if use else None
    known = table is not None and _bare(column) in table.by_name
    return (alias, column, table) if table is not None and known else None


def _table(database: Database, name: str) -> Table | None:
    bare = ".".join(_bare(part) for part in name.split(".")).removeprefix("public.")
    return database.schema.by_name.get(bare)


def _bare(name: str) -> str:
    return name.strip('"') if name.startswith('"') else name.lower()


def _nullable(table: Table, column: str) -> tuple[str, ...]:
    bare = _bare(column)
    certain = table.by_name[bare].not_null or bare in table.primary_key
    return () if certain else (f"{table.name}.{bare}",)


def _because(query: Planned, table: Table, column: str, *, nullable: bool) -> tuple[str, ...]:
    place = f"{table.name}.{_bare(column)}"
    if nullable:
        return (f"{place} may be NULL, and one NULL there makes {query.name} return no row at all",)
    return (f"the planner cannot join over NOT IN, so {query.name} keeps {place} as a subplan",)


def _trade_offs(unsure: tuple[str, ...]) -> tuple[str, ...]:
    if not unsure:
        return ()
    return (
        f"the rows are the same as long as {' and '.join(unsure)} "
        f"{'holds' if len(unsure) == 1 else 'hold'} no NULL; with one, the two differ, and NOT "
        "EXISTS is almost surely what you mean",
    )


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE bans (id bigint PRIMARY KEY, customer_id bigint{});
"""
_QUERY = """-- name: not_banned
SELECT id, email FROM customers WHERE id NOT IN (SELECT customer_id FROM bans);
"""
_NOT_NULL = _TABLES.format(" NOT NULL")

REWRITING = Rewriting(
    id="pg-not-in",
    title="Ask NOT EXISTS instead of NOT IN (SELECT ...)",
    guide=__doc__ or "",
    evidence=(WIKI,),
    turn=turn,
    cases=(
        Case(name="a large subquery", given=_NOT_NULL, queries=_QUERY),
        Case(name="a column that may be NULL", given=_TABLES.format(""), queries=_QUERY,
             rows=("bans=500",)),
        Case(name="a condition and a parameter in the subquery", given=_NOT_NULL,
             queries="SELECT c.id FROM customers c WHERE c.email = $1 OR c.id NOT IN "
             "(SELECT b.customer_id FROM bans b WHERE b.id > $2 OR b.id = $1::bigint);"),
        Case(name="a small subquery without NULLs is hashed in memory", given=_NOT_NULL,
             queries=_QUERY, rows=("bans=500", "customers=50000"), fires=False),
        Case(name="the subquery leaves NULLs out itself", given=_TABLES.format(""),
             queries="SELECT id FROM customers WHERE id NOT IN "
             "(SELECT customer_id FROM bans WHERE customer_id IS NOT NULL);"),
        Case(name="the column before NOT IN may be NULL itself", given=_NOT_NULL,
             queries="SELECT id FROM customers c WHERE c.email = $1 AND (SELECT max(id) FROM bans) "
             "NOT IN (SELECT customer_id FROM bans);", fires=False),
        Case(name="a list of values", given=_NOT_NULL,
             queries="SELECT id FROM customers WHERE id NOT IN (1, 2, 3);", fires=False),
        Case(name="it already says NOT EXISTS", given=_NOT_NULL,
             queries="SELECT id FROM customers c WHERE NOT EXISTS "
             "(SELECT 1 FROM bans b WHERE b.customer_id = c.id);", fires=False),
    ),
)  # fmt: skip
