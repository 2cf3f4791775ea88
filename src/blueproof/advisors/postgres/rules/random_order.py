"""Sample a table instead of putting all of it in a random order.

ORDER BY random() LIMIT 10 makes a number for every row and sorts them all to keep ten. TABLESAMPLE
SYSTEM reads a few pages of the table, chosen at random; ten rows of those are drawn as before.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.choice import noticeable, worth
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.parts.index_advice import stated
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned
from blueproof.advisors.postgres.parts.rewriting import Rewrite
from blueproof.advisors.postgres.parts.wording import cost, times
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import CostFalls, Runs
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.scopes import Scopes
from blueproof.sql.selected import has, only_table
from blueproof.sql.trees import read_tree, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-select.html",
    checked=date(2026, 11, 29),
    says="TABLESAMPLE SYSTEM samples whole blocks: much faster than row by row for small "
    "percentages, and less random, as rows of a block come together",
)
_EACH = 50  # rows sampled for each one that is kept, so that neighbours seldom come together
_FEWEST = 2_000  # rows sampled, so that too few are as good as never found
_MOST_PERCENT = 20.0


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """A SELECT of a few random rows of a table."""

    select: exp.Select
    table: str
    rows: int
    percent: float


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each query that sorts a whole table at random."""
    for query in database.queries:
        drawn = _read(database, query) if query.plan is not None and not query.slot else None
        if drawn is None or query.cost < noticeable():
            continue
        rewrite = Rewrite(
            title=f"Draw from a sample of {drawn.table}",
            text=_sampled(drawn),
            because=(),
        )
        new, _ = as_planned(database, query, rewrite)
        planned = plan_query(database.planner, new, database.made)
        if planned.plan is not None and query.cost >= worth() * planned.cost:
            yield _advise(database, query, planned, drawn)


def _read(database: Database, query: Planned) -> _Drawn | None:
    tree = read_tree(query.query.text) if "rand" in query.query.text.lower() else None
    if not isinstance(tree, exp.Select) or tree.args.get("where") or has(tree, "order", "limit"):
        return None
    order, limit = tree.args.get("order"), tree.args.get("limit")
    source = only_table(tree, Scopes(database.schema))
    keys = order.expressions if order else []
    number = limit.expression if isinstance(limit, exp.Limit) else None
    drawn = len(keys) == 1 and isinstance(keys[0].this, exp.Rand)
    if source is None or source.table is None or not drawn or number is None or not number.is_int:
        return None
    if any(tree.find_all(exp.AggFunc, exp.Window)):
        return None
    kept, rows = int(number.name), database.rows(source.table.name)
    percent = 100 * max(kept * _EACH, _FEWEST) / max(rows, 1)
    if percent > _MOST_PERCENT:
        return None
    return _Drawn(select=tree, table=source.table.name, rows=kept, percent=_rounded(percent))


def _rounded(percent: float) -> float:
    """Rounded up to one digit: 0.0123 becomes 0.02."""
    step = 10.0 ** math.floor(math.log10(percent))
    return round(math.ceil(percent / step) * step, 9)


def _sampled(drawn: _Drawn) -> str:
    tree = drawn.select.copy()
    (table,) = tree.find_all(exp.Table)
    table.set(
        "sample",
        exp.TableSample(
            method=exp.var("SYSTEM"), percent=exp.Literal.number(f"{drawn.percent:f}".rstrip("0"))
        ),
    )
    return write_tree(tree)


def _advise(database: Database, query: Planned, planned: Planned, drawn: _Drawn) -> Recommendation:
    factor = query.cost / max(planned.cost, 0.01)
    rows = round(database.rows(drawn.table) * drawn.percent / 100)
    return Recommendation(
        slot=f"rewrite of {query.name}",
        rule=RULE.id,
        choice=f"Draw from a sample of {drawn.table}: {planned.query.path}",
        because=(
            f"{query.name} sorts all {database.rows(drawn.table):,} rows of {drawn.table} to keep "
            f"{drawn.rows}",
            f"planner cost {cost(query.cost)} before, {cost(planned.cost)} after: "
            f"{times(factor)} times less",
        ),
        instead_of=(
            Alternative(
                choice=f"a random key: WHERE id >= (a random id) ORDER BY id LIMIT {drawn.rows}",
                why_not="rows after a gap in the ids come more often, and those drawn stand in "
                "a row",
            ),
        ),
        trade_offs=(
            f"the {drawn.rows} come from about {rows:,} rows on a few pages: rows that were "
            "written together are drawn together more often",
            f"{drawn.percent:g} % is meant for {drawn.table} as large as it is now: with far "
            "fewer rows the sample may hold too few",
        ),
        evidence=(DOCS,),
        claims=(
            Runs(sql=planned.excerpt),
            CostFalls(query=query.excerpt, rewritten=planned.excerpt, factor=stated(factor)),
        ),
        files=(
            Artifact(
                path=planned.query.path,
                purpose=f"takes the place of {query.name}",
                text=f"-- {query.name}: draw from a sample.\n{planned.query.text};\n",
            ),
        ),
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
    )


_TABLES = """
CREATE TABLE quotes (id bigint PRIMARY KEY, said text NOT NULL, kind text NOT NULL);
"""
_DRAW = "-- name: quotes_of_the_day\nSELECT id, said FROM quotes {} ORDER BY random() {};"

RULE = Rule(
    id="pg-random-order",
    stage="query",
    title="Sample a table instead of putting all of it in a random order",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="five of two million", given=_TABLES, rows=("quotes=2M",),
             queries=_DRAW.format("q", "LIMIT 5")),
        Case(name="of all columns", given=_TABLES, rows=("quotes=5M",),
             queries=_DRAW.format("", "LIMIT 100").replace("id, said", "*")),
        Case(name="of one kind, which a sample may miss", given=_TABLES, rows=("quotes=2M",),
             queries=_DRAW.format("WHERE kind = $1", "LIMIT 5"), fires=False),
        Case(name="half of them", given=_TABLES, rows=("quotes=2M",), fires=False,
             queries=_DRAW.format("", "LIMIT 1000000")),
        Case(name="all of them", given=_TABLES, rows=("quotes=2M",), fires=False,
             queries=_DRAW.format("", "")),
        Case(name="a small table", given=_TABLES, rows=("quotes=500",), fires=False,
             queries=_DRAW.format("", "LIMIT 5")),
    ),
)  # fmt: skip
