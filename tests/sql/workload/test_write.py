"""What is written is read back: names, texts, weights, order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from sql_texts import MADE, said

from blueproof.sql.queries import Query, read_queries
from blueproof.sql.workload import from_statement_rows, read_workload, write_queries

CALLS = st.integers(1, 10**12)
TIMES = st.none() | st.floats(0, 10**9)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"query": MADE.flatmap(said), "calls": CALLS, "mean_exec_time": TIMES},
    ),
    max_size=6,
)
LINES = st.one_of(
    st.sampled_from([
        "name: x", "name: list-orders^", "Orders of a day.", "query 2", "calls: 5", "weight: 1_000",
        "name: x, calls: 12,000", "milliseconds: 0.25", "----", "x (2)", "name: größe",
        "calls: many",
    ]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n", exclude_categories=["Cs"]),
            max_size=60),
)  # fmt: skip
FILES = st.lists(st.tuples(st.lists(LINES, max_size=3), MADE.flatmap(said)), max_size=5)


def without_place(query: Query) -> Query:
    return replace(query, path="", line=0, ordinal=0)


def check_read_back(queries: tuple[Query, ...]) -> None:
    text = write_queries(queries, notes=("read from somewhere; it's /* no */ SQL",))
    again, passed = read_workload(text, path="queries.sql")
    assert passed == ()
    assert [q.ordinal for q in again] == list(range(1, len(queries) + 1))
    assert [*map(without_place, again)] == [*map(without_place, queries)]
    assert write_queries(again) == write_queries(queries)


@given(ROWS)
def test_statistics_are_read_back_from_what_is_written(rows: list[dict[str, object]]) -> None:
    check_read_back(from_statement_rows(rows)[0])


@given(ROWS)
def test_a_log_is_read_back_from_what_is_written(rows: list[dict[str, object]]) -> None:
    text = "LOG:  duration: 1.0 ms  statement: SELECT 1\n"
    for row in rows:
        statement = str(row["query"]).replace("\n", "\n\t")
        text += f"LOG:  duration: {row['mean_exec_time'] or 0:.3f} ms  statement: {statement}\n"
    queries, _ = read_workload(text, path="log")
    assert queries
    check_read_back(queries)


@given(FILES)
def test_a_file_of_sql_is_read_back_from_what_is_written(
    files: list[tuple[list[str], str]],
) -> None:
    comments = ["".join(f"-- {line}\n" for line in lines) for lines, _ in files]
    text = "".join(
        f"{comment}{said_so.rstrip(';')}\n;\n\n"
        for comment, (_, said_so) in zip(comments, files, strict=True)
    )
    check_read_back(read_queries(text, path="q.sql")[0])


def test_a_query_is_written_with_what_is_known_of_it() -> None:
    rows = [{"query": "SELECT a FROM t WHERE b = $1", "calls": 12_000, "mean_time": 3.25}]
    assert write_queries(from_statement_rows(rows)[0]) == (
        "-- name: select-t-by-b\n-- calls: 12000\n-- milliseconds: 3.25\n"
        "SELECT a FROM t WHERE b = $1;\n"
    )
    assert write_queries(()) == ""
