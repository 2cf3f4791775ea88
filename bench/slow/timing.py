"""Filling a case's tables, running its query, and saying whether two answers are the same."""

import json
import os
import re
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from case import Case, with_values
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection
from private import Private

BOUND_SECONDS = 30
_RUNS = 3
_SHORT_MS, _SHORT_RUNS = 50.0, 9  # a short query is run more often: other work on the machine shows
# A prepared statement is planned for its values five times; from the sixth on the server may
# choose the plan made for all values.
_CUSTOM_PLANS = 6
_LONG_MS = 5_000.0  # what takes so long is run once


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a query took (planning, execution and output, in milliseconds) and gave."""

    ms: float
    rows: int
    bag: str
    order: str
    plan: str

    def same(self, other: "Answer", compare: str) -> bool:
        """Whether both gave the same rows, as the case wants them compared."""
        if self.rows != other.rows or compare == "count":
            return self.rows == other.rows
        return self.order == other.order if compare == "order" else self.bag == other.bag


def fill(server: Private, case: Case, database: str) -> float:
    """Make the tables and their rows; returns the seconds of processor time that it took.

    Processor time, as a busy machine makes the clock say anything.
    """
    with server.session(database) as session:
        process = int(simple(session, "SELECT pg_backend_pid()")[0][0])
        run_script(session, case.schema)
        run_script(session, case.fill)
        if not re.search(r"\b(analyze|vacuum)\b", case.fill, re.IGNORECASE):
            simple(session, "VACUUM ANALYZE")
        return _processor_seconds(process)


def _processor_seconds(process: int) -> float:
    """What a process has used so far, its own and the system's for it (proc(5), stat)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_script(session: Connection, script: str) -> None:
    """Run the statements of a script one by one: VACUUM allows no others beside it."""
    for statement in split(script):
        simple(session, statement)


def split(script: str) -> list[str]:
    """The statements of a script, cut at semicolons outside of quotes, $$ and comments.

    >>> split("SELECT ';'; DO $$ a; b $$;")
    ["SELECT ';'", 'DO $$ a; b $$']
    """
    part = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|\"[^\"]*\"|;", re.DOTALL)
    found, begin = [], 0
    for match in part.finditer(script):
        if match[0] == ";":
            found.append(script[begin : match.start()].strip())
            begin = match.end()
    found.append(script[begin:].strip())
    return [each for each in found if re.sub(r"--[^\n]*", "", each).strip()]


def ask(session: Connection, case: Case, query: str) -> Answer:
    """Run a query as the asker's program does: prepared where it has parameters."""
    simple(session, f"SET statement_timeout = '{BOUND_SECONDS}s'")
    run_script(session, case.session)
    values = case.values + case.last_row
    numbers = [int(n) for n in re.findall(r"\$(\d+)", query)]
    run, warm = query, query
    if numbers:
        simple(session, f"PREPARE asked AS {query}")
        run, warm = (
            f"EXECUTE asked({', '.join(each[: max(numbers)])})"
            for each in (values, case.warm or values)
        )
    try:
        times, plan = _times(session, run, warm, _CUSTOM_PLANS if numbers else 1)
        rows, bag, order = _rows(session, with_values(query, values))
    finally:
        simple(session, "DEALLOCATE ALL")
    return Answer(ms=statistics.median(times), rows=rows, bag=bag, order=order, plan=plan)


def simple(session: Connection, sql: str) -> list[Any]:
    """Run one text without parameters of the driver's own."""
    context = session.execute_simple(sql)
    return list(context.rows or ())


def _times(session: Connection, run: str, warm: str, warm_runs: int) -> tuple[list[float], str]:
    """The runs after the warm ones, and the plan's nodes."""
    found: list[float] = []
    plan: dict[str, Any] = {}
    for number in range(warm_runs + _SHORT_RUNS):
        if number >= warm_runs + _RUNS and statistics.median(found[warm_runs:]) > _SHORT_MS:
            break
        sql = warm if number < warm_runs else run
        explained = f"EXPLAIN (ANALYZE, TIMING OFF, SERIALIZE TEXT, FORMAT JSON) {sql}"
        told = simple(session, explained)[0][0]
        told = json.loads(told) if isinstance(told, str) else told
        plan = told[0]["Plan"]
        found.append(told[0]["Planning Time"] + told[0]["Execution Time"])
        if number >= warm_runs - 1 and found[-1] > _LONG_MS:
            break
    return found[warm_runs:] or found[-1:], _nodes(plan)


def _nodes(plan: dict[str, Any]) -> str:
    """The plan on one line, for reading a result without running it again."""
    name = plan["Node Type"] + (f" {plan['Index Name']}" if "Index Name" in plan else "")
    inner = ", ".join(_nodes(child) for child in plan.get("Plans", ()))
    return f"{name}({inner})" if inner else name


def _rows(session: Connection, query: str) -> tuple[int, str, str]:
    """How many rows, and a sum over them: whatever their order, and in it."""
    row = simple(
        session,
        "SELECT count(*), md5(string_agg(t, E'\\n' ORDER BY t)), md5(string_agg(t, E'\\n')) "
        f"FROM (SELECT row_to_text::text AS t FROM ({query}) AS row_to_text OFFSET 0) AS rows",
    )[0]
    return int(row[0]), str(row[1]), str(row[2])


def error_of(error: DatabaseError) -> str:
    """The server's message in one line."""
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return " ".join(str(told.get("M", error)).split())[:200]
