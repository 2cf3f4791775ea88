"""How a file of SQL is split into statements."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blueproof.core.errors import SqlError
from blueproof.sql.lexer import line_starts
from blueproof.sql.statements import Script, Statement, read_script
from clock import least_seconds


def read(text: str) -> Script:
    return read_script(text, path="x.sql")


def texts(text: str) -> list[str]:
    return [statement.text for statement in read(text).statements]


PIECES = st.sampled_from([
    *("SELECT 1", "'a;b'", "E'\\''", '"a;b"', "$$;$$", "$a$;$a$", "/* ; */", "-- ;\n", "--", ";"),
    *(" ", "\n", "\r\n", "\r", "\n\n", "(", ")", "[", "]", "größe", "😀", "\\;", "\\x\n", "'"),
    *("CREATE FUNCTION f()", "BEGIN ATOMIC", "CASE", "END"),
    *("SET standard_conforming_strings = off", "SET standard_conforming_strings = on"),
    *("COPY t FROM stdin;\n1\n\\.\n", "COPY t FROM stdin;", "\u00a0", "\ufeff", "\x0b"),
])  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=25).map("".join)


@given(TEXTS)
def test_reading_raises_nothing_but_an_sql_error(text: str) -> None:
    lines = 0
    try:
        script = read(text)
    except SqlError as error:
        lines = error.line
    else:
        ordinals = [s.ordinal for s in script.statements]
        assert ordinals == list(range(1, len(ordinals) + 1))
    assert lines <= len(line_starts(text))


@given(TEXTS)
def test_statement_stands_where_it_says(text: str) -> None:
    try:
        script = read(text)
    except SqlError:
        return
    body = text.removeprefix("\ufeff")
    starts = line_starts(body)
    for statement in script.statements:
        at = starts[statement.line - 1] + statement.column - 1
        whole = "\\" not in body  # a command of psql may stand amid a statement
        assert body.startswith(statement.text if whole else statement.text[:1], at)
        assert statement.text[0] not in " \t\n\r\f\v;"


@given(TEXTS)
def test_statements_joined_again_read_the_same(text: str) -> None:
    try:
        script = read(text)
    except SqlError:
        return
    assume(not script.skipped)
    found = [s.text for s in script.statements]
    assert texts(";" + ";".join(found)) == found


@given(TEXTS)
def test_byte_order_mark_changes_nothing(text: str) -> None:
    assume(not text.startswith("\ufeff"))
    try:
        script = read(text)
    except SqlError:
        return
    assert read("\ufeff" + text) == script


def test_lines_and_columns_count_characters_from_one() -> None:
    text = "\ufeffSELECT '😀'; SELECT 2;\r\n\r\n  SELECT 3;\rSELECT\n4"
    assert read(text).statements == (
        Statement(text="SELECT '😀'", path="x.sql", ordinal=1, line=1, column=1, words=("SELECT",)),
        Statement(text="SELECT 2", path="x.sql", ordinal=2, line=1, column=13, words=("SELECT",)),
        Statement(text="SELECT 3", path="x.sql", ordinal=3, line=3, column=3, words=("SELECT",)),
        Statement(text="SELECT\n4", path="x.sql", ordinal=4, line=4, column=1, words=("SELECT",)),
    )


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\ufeff", "-- only\n/* comments */", ";;;", "; -- a"]
)
def test_text_without_statements_has_none(text: str) -> None:
    assert read(text) == Script(statements=())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ';'; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 1 -- one;\n;SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 /* one */ -- end", ["SELECT 1"]),
        ("SELECT /* ; */ 1", ["SELECT /* ; */ 1"]),
        ("DO $$ BEGIN a; b; END $$; SELECT 2", ["DO $$ BEGIN a; b; END $$", "SELECT 2"]),
        (
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 2",
            ["CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)", "SELECT 2"],
        ),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; "
            "SELECT CASE WHEN a THEN 1 END; END; SELECT 2",
            [
                "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; "
                "SELECT CASE WHEN a THEN 1 END; END",
                "SELECT 2",
            ],
        ),
        (
            "CREATE PROCEDURE p() BEGIN /* x */ ATOMIC INSERT INTO t VALUES (1); END;SELECT 2",
            ["CREATE PROCEDURE p() BEGIN /* x */ ATOMIC INSERT INTO t VALUES (1); END", "SELECT 2"],
        ),
        (
            "CREATE TABLE t (begin atomic, b int); SELECT 2",
            ["CREATE TABLE t (begin atomic, b int)", "SELECT 2"],
        ),
        ("BEGIN; SELECT 1; END;", ["BEGIN", "SELECT 1", "END"]),
        ("SELECT a[1; SELECT 2", ["SELECT a[1", "SELECT 2"]),
        (r"SELECT E'it\'s;' ; SELECT 2", [r"SELECT E'it\'s;'", "SELECT 2"]),
        (r"SELECT '\'; SELECT 2", [r"SELECT '\'", "SELECT 2"]),
        (
            r"SET standard_conforming_strings = off; SELECT '\';'; "
            r"SET standard_conforming_strings TO on; SELECT '\'; SELECT 2",
            [
                "SET standard_conforming_strings = off", r"SELECT '\';'",
                "SET standard_conforming_strings TO on", r"SELECT '\'", "SELECT 2",
            ],
        ),
        (r'SELECT U&"a\003b;" FROM t; SELECT 2', [r'SELECT U&"a\003b;" FROM t', "SELECT 2"]),
        ("CREATE TABLE `a` (`b` int);\nSELECT 1", ["CREATE TABLE `a` (`b` int)", "SELECT 1"]),
    ],
)  # fmt: skip
def test_statements_are_split_as_psql_splits_them(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_comment_before_a_statement_is_kept_without_its_marks() -> None:
    text = "-- name: orders\r\n/** of a\n * customer */\r\nSELECT 1;\n-- apart\r\n\r\nSELECT 2"
    first, second = read(text).statements
    assert first.comment == "name: orders\nof a\ncustomer"
    assert second.comment == ""


def test_comment_behind_a_semicolon_belongs_to_the_statement_before() -> None:
    first, second, third = read(
        "SELECT 1; -- 12 ms\n-- two\nSELECT 2; /* three */ SELECT 3"
    ).statements
    assert (first.comment, second.comment, third.comment) == ("", "two", "three")


def test_words_are_the_first_bare_words_in_capitals() -> None:
    (statement,) = read(
        'create /* a */ unique index "x" on t using btree (a, b) where c'
    ).statements
    assert statement.words == ("CREATE", "UNIQUE", "INDEX", "ON", "T", "USING")


def skipped(text: str) -> list[tuple[int, str, str]]:
    return [(s.line, s.what, s.why) for s in read(text).skipped]


def test_commands_of_psql_are_passed_over() -> None:
    text = (
        "\\restrict abc'def\n\\connect postgres://a:b@c/d\nSELECT 1 \\gset\nSELECT 2\\; SELECT 3;"
    )
    assert texts(text) == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert skipped(text) == [
        (1, "\\restrict abc'def", "a command of psql"),
        (2, "\\connect postgres://a:***@c/d", "a command of psql"),
        (3, "\\gset", "a command of psql"),
    ]


def test_command_of_psql_amid_a_statement_does_not_end_it() -> None:
    assert texts("SELECT (1\n\\echo it's\n+ 2);") == ["SELECT (1\n\n+ 2)"]


@pytest.mark.parametrize("head", ["COPY t (a) FROM stdin;", "copy t from stdin with (format csv);"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_of_a_copy_are_passed_over(head: str, end: str) -> None:
    text = end.join(["SELECT 1;", head, "it's; \\N", "", "\\.", "SELECT 2;"])
    assert texts(text) == ["SELECT 1", "SELECT 2"]
    assert skipped(text) == [(2, head.rstrip(";"), "rows are not loaded")]
    assert read(text).statements[1].line == 6


def test_rows_of_a_copy_by_psql_are_passed_over() -> None:
    assert texts("\\copy t from stdin\nit's\n\\.\nSELECT 2") == ["SELECT 2"]


def test_copy_without_rows_is_a_statement() -> None:
    text = "COPY t FROM '/tmp/from stdin'; COPY (SELECT 1) TO STDOUT; SELECT 2"
    assert len(texts(text)) == 3


def test_copy_whose_rows_have_no_end_says_so() -> None:
    (_, rest) = skipped("COPY t FROM stdin;\n1\n2\n")
    assert rest == (
        1,
        "the rest of the file",
        r"taken for the rows of a COPY that no line with \. ends",
    )


def test_nul_character_is_refused_with_its_place() -> None:
    with pytest.raises(SqlError, match=r"^x\.sql:2:8: a NUL character"):
        read("SELECT 1;\rSELECT \0")


PG_DUMP = """\
--
-- PostgreSQL database dump
--

\\restrict 4Zk0bTqLSLTV2Nqk8ZyJ

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: orders; Type: TABLE; Schema: public; Owner: app
--

CREATE TABLE public.orders (
    id bigint NOT NULL,
    note text DEFAULT 'a;b'::text
);


ALTER TABLE public.orders OWNER TO app;

COPY public.orders (id, note) FROM stdin;
1\tit's
\\.


--
-- PostgreSQL database dump complete
--

\\unrestrict 4Zk0bTqLSLTV2Nqk8ZyJ
"""
RAILS = """\
SET search_path TO "$user", public;

INSERT INTO "schema_migrations" (version) VALUES
('20240102030405'),
('20240101000000');

"""


def test_pg_dump_reads_as_its_statements() -> None:
    assert [(s.line, " ".join(s.words[:3])) for s in read(PG_DUMP).statements] == [
        (7, "SET STATEMENT_TIMEOUT"),
        (8, "SET STANDARD_CONFORMING_STRINGS ON"),
        (9, "SELECT PG_CATALOG SET_CONFIG"),
        (15, "CREATE TABLE PUBLIC"),
        (21, "ALTER TABLE PUBLIC"),
    ]
    assert [line for line, _, _ in skipped(PG_DUMP)] == [5, 23, 32]


def test_rails_structure_reads_as_its_statements() -> None:
    assert [s.line for s in read(RAILS).statements] == [1, 3]


def test_two_megabytes_are_read_in_seconds() -> None:
    text = PG_DUMP * (2_000_000 // len(PG_DUMP))
    assert len(read(text).statements) == 5 * (2_000_000 // len(PG_DUMP))
    assert least_seconds(lambda: read(text)) < 3


def test_time_grows_with_the_text_and_no_faster() -> None:
    def seconds(text: str) -> float:
        return least_seconds(lambda: read(text))

    for text in (PG_DUMP, "INSERT INTO t VALUES (1, 'a');\n", "\\x\n", "(", "SELECT 1 \\;"):
        short = text * (50_000 // len(text))
        assert seconds(short * 8) < 40 * max(seconds(short), 0.005)
