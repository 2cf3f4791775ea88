"""Rows of pg_stat_statements, of any version, as runs: query, calls, mean milliseconds."""

import math
from collections.abc import Iterable, Iterator, Mapping

from blueproof.sql.queries import Query
from blueproof.sql.statements import Skipped
from blueproof.sql.workload.complete import limit_reached
from blueproof.sql.workload.runs import Run
from blueproof.sql.workload.tally import MOST_QUERIES, Tally, shown

_HIDDEN = "<insufficient privilege>"
_WHY_HIDDEN = "the role that read the view may not see it; GRANT pg_read_all_stats TO that role"
_TOTAL = ("total_exec_time", "total_time", "total_exec_time_ms", "total_time_ms")
_MEAN = ("mean_exec_time", "mean_time", "avg_time", "mean_exec_time_ms", "mean_time_ms")

Row = Mapping[str, object]


def from_statement_rows(
    rows: Iterable[Row], *, path: str = "pg_stat_statements", most: int = MOST_QUERIES
) -> tuple[tuple[Query, ...], tuple[Skipped, ...]]:
    """The queries of rows of pg_stat_statements, the heaviest first, and what was passed over.

    A row is a mapping with `query` and, as far as they are there, `calls`, `total_exec_time` or
    `total_time`, `mean_exec_time` or `mean_time` (milliseconds), under names in any case; the same
    query of several users or databases is one. `weight` is its calls, `milliseconds` the mean of
    one run; a column `days` says over what time all was counted (now() less stats_reset). At most
    `most` queries are kept. The `line` of what was passed over counts rows.

    >>> found, _ = from_statement_rows([{"query": "SELECT a FROM t WHERE b = $1", "calls": 7}])
    >>> [(q.name, q.weight, q.milliseconds) for q in found]
    [('select-t-by-b', 7.0, None)]
    """
    tally = Tally(path)
    count_rows(tally, enumerate(rows, start=1))
    return tally.queries(most)


def count_rows(tally: Tally, rows: Iterable[tuple[int, Row]]) -> None:
    """Count numbered rows of the view in a tally that may hold others."""
    for number, row in rows:
        run = _run(number, {key.strip().lower(): value for key, value in row.items()})
        if run is None:
            continue
        why = _WHY_HIDDEN if run.text == _HIDDEN else limit_reached(run.text)
        if why:
            tally.skipped.append(Skipped(line=number, what=shown(run.text), why=why))
        else:
            tally.add(run)


def _run(number: int, row: Row) -> Run | None:
    """The runs that a row tells of; None for a row without a query."""
    text = row.get("query")
    if not isinstance(text, str) or not text.strip():
        return None
    calls = _number(row, ("calls",)) or 1.0
    total, mean = _number(row, _TOTAL), _number(row, _MEAN)
    return Run(
        text.strip(),
        mean if mean is not None else total / calls if total is not None else None,
        calls=calls,
        line=number,
        days=_number(row, ("days",)) or None,
    )


def _number(row: Row, names: Iterable[str]) -> float | None:
    """The first of the columns that holds a number that is not negative."""
    return next(_numbers(row, names), None)


def _numbers(row: Row, names: Iterable[str]) -> Iterator[float]:
    for name in names:
        try:
            value = float(str(row[name]).replace(",", ""))
        except (KeyError, ValueError):
            continue
        if math.isfinite(value) and value >= 0:
            yield value
