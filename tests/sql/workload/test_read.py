"""Every usual form of a workload gives its queries, weighed; what is broken is named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.sql.queries import Query, read_queries
from blueproof.sql.workload import is_sql, read_counted, read_workload, write_queries
from clock import least_seconds

HERE = Path(__file__).parent
CASES = yaml_file.load((HERE / "cases.yaml").read_text("utf-8"))
PREFIXES = yaml_file.load((HERE / "prefixes.yaml").read_text("utf-8"))
TOLD = {  # by the server whose logs lie here, in whatever form it wrote them
    "SELECT id, total FROM orders WHERE customer_id = $1 AND status = 'open'"
    " ORDER BY created_at DESC LIMIT 20": 2,
    "SELECT count(*) FROM orders WHERE id IN ($1, $2, $3)": 2,
    "UPDATE orders SET status = 'paid' WHERE id = $1": 1,
    "SELECT id FROM customers WHERE email = $1": 1,
    "SELECT total FROM orders WHERE customer_id = $1"
    " AND created_at > '2026-01-03 00:00:00+00' LIMIT 10": 2,
}
# Version 15 writes no parameters into a plan.
PLANNED = {
    re.sub(r"'2026-01-03 00:00:00\+00' LIMIT 10", "$2 LIMIT $3", t): n for t, n in TOLD.items()
}


def log(name: str, prefix: str = "2026-11-29 06:14:49.153 UTC [123] ") -> str:
    text = (HERE / "logs" / name).read_text("utf-8")
    return re.sub(
        r"\{prefix ([0-9]+)\}",
        lambda found: prefix.replace("123", found[1]),
        text,
    )


def weights(queries: tuple[Query, ...]) -> dict[str, float]:
    return {" ".join(q.text.split()): q.weight for q in queries}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_text_gives_its_queries_and_says_what_it_passed_over(case: dict[str, Any]) -> None:
    found, passed = read_workload(case["text"], path="given")
    shown = [
        f"{q.weight:g} {'-' if q.milliseconds is None else f'{q.milliseconds:g}'} "
        + " ".join(q.text.split())
        for q in found
    ]
    assert shown == case["queries"]
    assert [f"{s.what}: {s.why}" for s in passed] == case.get("passed", [])
    if "names" in case:
        assert [q.name for q in found] == case["names"]


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES.keys())
def test_a_log_is_read_whatever_stands_before_its_lines(prefix: str) -> None:
    found, _ = read_workload(log("server.log", prefix), path="log")
    assert weights(found) == TOLD
    assert found[0].milliseconds == 4.568


@pytest.mark.parametrize("name", ["server.csv", "server.json"])
def test_csvlog_and_jsonlog_tell_what_the_log_tells(name: str) -> None:
    found, _ = read_workload(log(name), path=name)
    plain, _ = read_workload(log("server.log"), path=name)
    assert [(q.name, q.text, q.weight, q.milliseconds) for q in found] == [
        (q.name, q.text, q.weight, q.milliseconds) for q in plain
    ]


def test_statements_logged_before_they_run_get_the_duration_that_follows() -> None:
    found, _ = read_workload(log("log_statement_all.log"), path="log")
    assert weights(found) == TOLD
    assert all(q.milliseconds for q in found)


@pytest.mark.parametrize("name", ["auto_explain_text.log", "auto_explain_json.log"])
def test_plans_of_auto_explain_tell_their_queries(name: str) -> None:
    found, passed = read_workload(log(name), path=name)
    assert (weights(found), passed) == (PLANNED, ())


def test_line_ends_of_windows_and_lost_tabs_are_read() -> None:
    crlf = log("server.log").replace("\n", "\r\n")
    assert weights(read_workload(crlf, path="log")[0]) == TOLD
    assert weights(read_workload(log("server.log").replace("\t", ""), path="log")[0]) == TOLD


@pytest.mark.parametrize("name", ["server.csv", "server.json", "server.log"])
def test_a_broken_line_spoils_no_other(name: str) -> None:
    lines = log(name).splitlines(keepends=True)
    broken = lines[1][: len(lines[1]) * 3 // 4] + "\n"
    text = "".join([lines[0], broken, *lines[1:]])
    found, _ = read_workload(text, path=name)
    assert TOLD.items() <= weights(found).items()  # half a line may look like a whole query


def test_a_record_of_too_few_columns_is_named() -> None:
    text = log("server.csv") + '2026-11-29 06:00:00 UTC,"a","b",7,LOG,"statement: SELECT 1"\n'
    found, passed = read_workload(text, path="csv")
    assert weights(found) == TOLD
    assert [s.what for s in passed] == ["line 20", "statements that plan nothing"]


def test_a_text_as_long_as_the_server_keeps_is_taken_for_cut_off() -> None:
    query = "SELECT a FROM t WHERE b = 1 AND c = 2".ljust(1023, "2")
    rows = [{"query": query, "calls": 1}, {"query": query + "2", "calls": 1}]
    found, passed = read_workload(json.dumps(rows), path="j")
    assert len(found) == 1
    assert [s.why for s in passed] == ["cut off at 1023 bytes; raise track_activity_query_size"]


def test_a_log_that_begins_and_ends_in_the_middle_of_a_record_is_read() -> None:
    text = log("server.csv")
    found, _ = read_workload(text[40:-60], path="csv")
    assert set(weights(found)) <= set(TOLD)
    assert len(found) >= 4


def test_a_query_keeps_the_line_where_its_slowest_run_is_told() -> None:
    text = log("server.log")
    for query in read_workload(text, path="log")[0]:
        told = text.splitlines()[query.line - 1]
        assert query.text.split()[0].lower() in told.lower()
        assert query.path == "log"


def test_several_files_are_one_workload() -> None:
    stats = json.dumps([{"query": "SELECT a FROM t WHERE b = $1", "calls": 5}])
    found, _ = read_counted([("a.json", stats), ("b.json", stats)])
    assert [(q.weight, q.ordinal) for q in found] == [(10, 1)]


def test_calls_keep_the_time_over_which_they_were_counted() -> None:
    rows = [{"query": "SELECT a FROM t WHERE b = $1", "calls": 5, "days": "30.25"}]
    found, _ = read_workload(json.dumps(rows), path="j")
    again, _ = read_workload(write_queries(found), path="q.sql")
    assert [q.days for q in (*found, *again)] == [30.25, 30.25]


@pytest.mark.parametrize("days", ["", None, "0", "7"])
def test_calls_counted_over_two_times_have_none_together(days: str | None) -> None:
    query = {"query": "SELECT a FROM t WHERE b = $1", "calls": 5}
    texts = [("a", json.dumps([query | {"days": 30}])), ("b", json.dumps([query | {"days": days}]))]
    found, _ = read_counted(texts)
    assert [(q.weight, q.days) for q in found] == [(10, None)]


def test_the_heaviest_are_kept_and_the_rest_is_counted() -> None:
    rows = [{"query": f"SELECT a FROM t{n}", "calls": 1, "mean_time": n} for n in range(1, 11)]
    found, passed = read_workload(json.dumps(rows), path="j", most=3)
    assert [q.text for q in found] == [f"SELECT a FROM t{n}" for n in (10, 9, 8)]
    assert [(s.what, s.why) for s in passed] == [
        ("7 more queries, 50.9% of the time", "only the 3 heaviest are kept")
    ]


def test_secrets_are_masked_where_a_text_is_named() -> None:
    rows = [{"query": "SELECT dblink('host=db password=hunter2x dbname=d', 'x", "calls": 1}]
    _, passed = read_workload(json.dumps(rows), path="j")
    assert "hunter2x" not in str(passed)


def test_sql_is_read_as_before() -> None:
    text = "SET a = 1;\n-- one\nSELECT 1 FROM t WHERE a = 1;\nSELECT 1 FROM t WHERE a = 2;"
    assert is_sql(text)
    assert read_workload(text, path="q.sql") == read_queries(text, path="q.sql")


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-29 06:00:00 UTC [1] LOG:  duration: 5.0 ms  statement: SELECT a FROM t{n}"
        " WHERE b = {n} AND c IN (1, {n})\n",
        "2026-11-29 06:00:00 UTC [1] LOG:  duration: 5.0 ms  statement: BEGIN; SELECT a FROM t"
        " WHERE b = {n}; COMMIT\n",
        "2026-11-29 06:00:00 UTC [1] LOG:  duration: 1.0 ms  statement: SELECT '"
        + "''" * 40
        + "\n",
        "2026-11-29 06:00:00 UTC [1] LOG:  " + "/*" * 40 + "\n",
        "LOG:  duration: 1.0 ms  statement: SELECT " + "(" * 60 + "{n}\n",
    ],
)
def test_a_log_is_read_in_a_time_that_grows_with_its_length_only(line: str) -> None:
    short, long = ("".join(line.format(n=n) for n in range(size)) for size in (500, 4_000))
    start = "LOG:  duration: 1.0 ms  statement: SELECT 1 FROM t\n"
    short, long = start + short, start + long
    first = least_seconds(lambda: read_workload(short, path="log"))
    assert least_seconds(lambda: read_workload(long, path="log")) < 30 * max(first, 0.01)
