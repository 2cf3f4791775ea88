"""A workload in any usual form, told by its content: SQL, statistics, a server's log."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from blueproof.sql.queries import Query, read_queries
from blueproof.sql.statements import Skipped
from blueproof.sql.workload.csv_log import is_csv_log, read_csv_log
from blueproof.sql.workload.json_text import event_of, is_json, is_log, log_text, read_json_rows
from blueproof.sql.workload.log_events import runs_of
from blueproof.sql.workload.runs import Run
from blueproof.sql.workload.statements_view import count_rows
from blueproof.sql.workload.stderr_log import is_stderr_log, read_stderr_log
from blueproof.sql.workload.tables import (
    Row,
    is_csv_table,
    is_psql_table,
    read_csv_table,
    read_psql_table,
)  # fmt: skip
from blueproof.sql.workload.tally import MOST_QUERIES, Tally

_UNREAD = "\N{REPLACEMENT CHARACTER}"


def is_sql(text: str) -> bool:
    """Whether the text is a file of SQL: no statistics, and no log, in any of their forms."""
    return not (
        is_json(text)
        or is_csv_table(text)
        or is_psql_table(text)
        or is_csv_log(text)
        or is_stderr_log(text)
    )


def read_workload(
    text: str, *, path: str, most: int = MOST_QUERIES
) -> tuple[tuple[Query, ...], tuple[Skipped, ...]]:
    """The queries of a text in any usual form, with their weights, and what in it was passed over.

    A file of SQL gives its queries as they are written, one each (SqlError where it is none).
    Logs and statistics give the `most` heaviest of the different queries, the heaviest first; a
    broken line of theirs is named and passed over; what is said of the whole has line 0. `weight`
    is the calls counted, `milliseconds` the mean time of one run on the server, where it is told.
    """
    if is_sql(text):
        return read_queries(text, path=path)
    tally = Tally(path)
    _count(tally, text, path)
    return tally.queries(most)


def read_counted(
    texts: Iterable[tuple[str, str]], *, most: int = MOST_QUERIES
) -> tuple[tuple[Query, ...], tuple[Skipped, ...]]:
    """The queries of logs and statistics, each a path and a text, counted as one workload.

    What was passed over names its file and line. `line` is 0 where the whole is meant.
    """
    tally = Tally("")
    for path, text in texts:
        tally.path = path
        before = len(tally.skipped)
        _count(tally, text, path)
        tally.skipped[before:] = [
            replace(item, what=f"{path}:{item.line}: {item.what}")
            for item in tally.skipped[before:]
        ]
    return tally.queries(most)


def _count(tally: Tally, text: str, path: str) -> None:
    broken: list[int] = []
    bare = text.removeprefix("\ufeff").replace("\0", _UNREAD)
    if is_json(bare):
        _count_rows(tally, read_json_rows(bare, broken), broken)
    elif is_psql_table(bare):  # before CSV: its first line is one with | between the names
        _count_rows(tally, read_psql_table(bare, broken), broken)
    elif is_csv_table(bare):
        _count_rows(tally, read_csv_table(bare, broken), broken)
    else:
        read = read_csv_log if is_csv_log(bare) else read_stderr_log
        _count_runs(tally, runs_of(read(bare, broken), broken))
    tally.skipped += _said(bare, broken, path)


def _count_rows(tally: Tally, rows: Iterator[tuple[int, Row]], broken: list[int]) -> None:
    """Count what rows tell: statistics of statements, jsonlog, or lines in a cloud's export."""
    first = next(rows, None)
    if first is None:
        return
    rows = chain([first], rows)
    if not is_log(first[1]):
        count_rows(tally, rows)
    elif "error_severity" in first[1]:
        events = (event for number, row in rows if (event := event_of(number, row)))
        _count_runs(tally, runs_of(events, broken))
    else:
        text = log_text([row for _, row in rows])
        _count_runs(tally, runs_of(read_stderr_log(text, broken), broken))


def _count_runs(tally: Tally, runs: Iterable[Run]) -> None:
    for run in runs:
        tally.add(run)


def _said(text: str, broken: list[int], path: str) -> Iterator[Skipped]:
    """What of a text could not be read, each thing in one line."""
    if broken:
        more = f" and {len(broken) - 1:,} more" if len(broken) > 1 else ""
        why = f"not whole, or no line of the form that {path} has"
        yield Skipped(line=broken[0], what=f"line {broken[0]:,}{more}", why=why)
    if _UNREAD in text:
        line = text.count("\n", 0, text.index(_UNREAD)) + 1
        what = f"{text.count(_UNREAD):,} characters, the first on line {line:,}"
        yield Skipped(line=line, what=what, why="not UTF-8; the rest was read without them")
