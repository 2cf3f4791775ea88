"""DDL that stands in the words of a request is found, and the words around it stay words."""

import pytest

from blueproof.intake.pasted import pasted_tables, with_pasted
from blueproof.intake.words.read import read_request

TABLE = "create table boats (id bigint primary key, note text default 'it''s; fine')"
POLICY = "create policy own on boats for select using (id = 3)"
FUNCTION = "create function f() returns int language sql as $$ select 1; $$"


@pytest.mark.parametrize(
    ("request_", "ddl", "prose"),
    [
        (f"is this right? {TABLE}; {POLICY}; thanks", [TABLE, POLICY], "is this right? thanks"),
        (f"it doesn't work:\n{TABLE}\n\nwhy isn't it?", [TABLE], "it doesn't work: why isn't it?"),
        (f"```sql\n{TABLE};\n{FUNCTION};\n```\nok?", [TABLE, FUNCTION], "ok?"),
        (f"a {TABLE}{POLICY} it doesn't", [TABLE, POLICY], "a it doesn't"),
    ],
    ids=["one line", "an apostrophe on both sides", "fenced", "no semicolon"],
)
def test_statements_are_told_from_words(request_: str, ddl: list[str], prose: str) -> None:
    found = pasted_tables(request_)
    assert found is not None
    assert found.ddl == "".join(f"{one};\n" for one in ddl)
    assert found.prose == prose
    assert found.guarded == (POLICY in ddl)


@pytest.mark.parametrize(
    "words",
    [
        "should I create table partitions?",
        "create index a on b (c); alter table b add column d int;",
        f"does {POLICY} do what I mean?",
        "we create policy documents on tables that people fill in",
    ],
)
def test_without_a_table_nothing_stands_by_itself(words: str) -> None:
    assert pasted_tables(words) is None


def test_what_the_tables_say_is_not_read_as_words() -> None:
    words = "we use django, is it fine? create table a (id int, kind text default 'mongodb');"
    brief = read_request(words)
    pasted = pasted_tables(words)
    assert pasted is not None
    found = with_pasted(brief, pasted)
    assert {"django", "mongodb"} <= {f.value for f in brief.facts}
    assert "django" in {f.value for f in found.facts}
    assert "mongodb" not in {f.value for f in found.facts}
    document = found.document("schema")
    assert document is not None
    assert document.text == pasted.ddl
