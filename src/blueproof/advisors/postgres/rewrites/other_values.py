"""Name the values that are wanted where a column can hold only a few.

No index serves status <> 'done'. Where a CHECK or an enum type says what else there is, the other
values can be named, and an index on the column finds them.
"""

import re
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, quoted, string
from blueproof.sql.schema import Column, Table
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-types.html",
    checked=date(2026, 11, 29),
    says="a B-tree serves <, <=, =, >= and >, and what can be said by them such as IN; not <>",
)
_MOST_LEFT = 4
# A CHECK that lists values and says nothing else: no OR behind it, and in force for every row.
_ONLY_A_LIST = (
    r"CHECK \(\(+\"?{}\"?\)?(?:::[\w ]+)? = ANY \(+ARRAY\[[^\]]*\]\)?(?:::[\w ]+\[\])?\)+"
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each <> and NOT IN over such a column, said as the values that are left."""
    yield from turn_conditions(asked, _left_over, title="Name the values that are wanted")


def _left_over(node: exp.Expr, scopes: Scopes) -> Turned | None:
    column, refused = _refused(node)
    found = scopes.column(column) if column is not None else None
    if column is None or found is None or found[0].table is None:
        return None
    values = _possible(found[0].table, found[1])
    left = [v for v in values if v not in refused]
    if not set(refused) <= set(values) or not 0 < len(left) <= _MOST_LEFT:
        return None
    name, listed = brief(column), [quoted(v) for v in left]
    told = f"{name} = {listed[0]}" if len(left) == 1 else f"{name} IN ({', '.join(listed)})"
    return Turned(
        text=told,
        why=f"no index serves that, and {name} can be nothing else than {', '.join(listed)}",
        trade_offs=(f"a value that {name} may hold later is to be added to the query as well",),
    )


def _refused(node: exp.Expr) -> tuple[exp.Column | None, list[str]]:
    """The column and the values that it must not have."""
    if isinstance(node, exp.Not) and isinstance(node.this.unnest(), exp.In):
        listed = node.this.unnest()
        texts = [t for e in listed.expressions if (t := string(e)) is not None]
        column = listed.this.unnest()
        if isinstance(column, exp.Column) and texts and len(texts) == len(listed.expressions):
            return column, texts
    for left, sign, right in compared(node):
        text = string(right)
        if sign == "<>" and isinstance(left, exp.Column) and text is not None:
            return left, [text]
    return None, []


def _possible(table: Table, column: Column) -> tuple[str, ...]:
    """All that the column can hold beside NULL, where the schema makes sure of that."""
    if column.type.startswith(("character", "text")):
        listing = re.compile(_ONLY_A_LIST.format(re.escape(column.name)))
        return column.values if any(map(listing.fullmatch, table.checks)) else ()
    return column.values


_TABLES = """
CREATE TYPE step AS ENUM ('new', 'done', 'failed');
CREATE TABLE jobs (
  id bigint PRIMARY KEY, note text,
  status text NOT NULL CHECK (status IN ('open', 'done')),
  step step,
  phase varchar(9) CHECK (phase IN ('a', 'b', 'c') OR note IS NULL)
);
CREATE INDEX ON jobs (status);
CREATE INDEX ON jobs (step);
CREATE INDEX ON jobs (phase);
"""
_ROWS = """
INSERT INTO jobs SELECT n, NULL, CASE WHEN n % 5000 = 0 THEN 'open' ELSE 'done' END,
  CASE WHEN n % 5000 = 1 THEN 'new' ELSE 'done' END::step,
  CASE WHEN n % 5000 = 2 THEN 'a' ELSE 'c' END
FROM generate_series(1, 150000) n;
VACUUM ANALYZE jobs;
"""

REWRITING = Rewriting(
    id="pg-other-values",
    title="Name the values that are wanted",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the other one of two", given=_TABLES, filled=_ROWS,
             queries="SELECT id, note FROM jobs WHERE status <> 'done';"),
        Case(name="the rest of an enum", given=_TABLES, filled=_ROWS,
             queries="SELECT j.id FROM jobs j WHERE j.id > 5 AND j.step <> 'done';"),
        Case(name="none of a list", given=_TABLES, filled=_ROWS,
             queries="SELECT id FROM jobs WHERE step NOT IN ('done', 'failed');"),
        Case(name="the CHECK lets other values in", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT id FROM jobs WHERE phase <> 'c';"),
        Case(name="the CHECK is not valid for older rows", fires=False, filled=_ROWS,
             given=_TABLES.replace(" CHECK (status IN ('open', 'done'))", "")
             + "ALTER TABLE jobs ADD CHECK (status IN ('open', 'done')) NOT VALID;",
             queries="SELECT id FROM jobs WHERE status <> 'done';"),
        Case(name="nearly all rows are wanted", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT id FROM jobs WHERE status <> 'open';"),
        Case(name="no such value", given=_TABLES, filled=_ROWS, fires=False,
             queries="SELECT id FROM jobs WHERE status <> 'gone';"),
    ),
)  # fmt: skip
