"""What is read back of a schema after a change is what is read back of all of it."""

import contextlib

import pytest

from blueproof.engines.postgres import catalog
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin

DDL = """
CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE, mood text CHECK (mood IN ('a', 'b')));
CREATE TABLE child (id int PRIMARY KEY, code text REFERENCES parent (code), at timestamptz);
CREATE TABLE parts (id int, d date) PARTITION BY RANGE (d);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX child_at ON child (at);
CREATE UNIQUE INDEX parent_mood ON parent (mood);
ALTER TABLE child ADD mood text REFERENCES parent (mood);
CREATE SCHEMA app; CREATE TABLE app."Odd name" (a int);
"""


@pytest.mark.parametrize(
    ("changes", "in_part"),
    [
        (("CREATE INDEX ON child (code)",), True),
        (("SET lock_timeout = '1s'; CREATE UNIQUE INDEX CONCURRENTLY x ON child (at, id)",), True),
        (("DROP INDEX child_at",), True),
        (("CREATE INDEX x ON child (code)", "DROP INDEX x; CREATE INDEX y ON child (code)"), True),
        (("CREATE INDEX x ON parts (id)",), True),
        (('CREATE INDEX ON app."Odd name" (a)',), True),
        (("ALTER TABLE child ADD b int",), False),
        (("CREATE INDEX x ON child (code); ALTER TABLE parent RENAME TO p",), False),
        (("CREATE UNIQUE INDEX pu ON parent (id); DROP TABLE child",), False),
        (("DROP INDEX parent_mood CASCADE",), False),
        ((), False),
    ],
)
def test_a_change_is_read_back_as_the_whole_schema_would_be(
    server: Server, monkeypatch: pytest.MonkeyPatch, changes: tuple[str, ...], *, in_part: bool
) -> None:
    with Twin(server, DDL) as twin:
        reads = list[str]()
        whole = catalog.read_catalog

        def counted(session: Session) -> catalog.Catalog:
            reads.append("whole")
            return whole(session)

        monkeypatch.setattr(catalog, "read_catalog", counted)
        after = twin.schema_after(*changes)
        assert (reads == []) == in_part
        with contextlib.closing(server.guest(twin._name)) as guest:  # noqa: SLF001 (a session beside)
            for change in changes:
                for statement in change.replace("CONCURRENTLY", "").split(";"):
                    guest.run(statement)
            assert after.tables == whole(guest).schema.tables
            assert after.foreign_keys == whole(guest).schema.foreign_keys
            assert after.indexes == whole(guest).schema.indexes


@pytest.mark.parametrize(
    ("check", "values"),
    [
        ("s IN ('a', 'it''s, [b]')", ("a", "it's, [b]")),
        ("v IN ('a', 'b')", ("a", "b")),
        ("n > 0 AND s IN ('a', 'b')", ("a", "b")),
        ("s IN ('a', 'b') AND n > 0", ("a", "b")),
        ("v::text = ANY (ARRAY['a'::varchar::text, 'b'::varchar::text])", ("a", "b")),
        ("s IN ('a', 'b') OR n IS NULL", ()),
        ("n IS NULL OR s IN ('a', 'b')", ()),
        ("s IN ('a', 'b') OR s LIKE 'x%'", ()),
        ("(s IN ('a', 'b')) = (n > 0)", ()),
        ("(s IN ('a', 'b')) IS NOT FALSE AND n IN (1, 2)", ()),
        ("NOT s IN ('a', 'b')", ()),
        ("s IN ('a', 'b', NULL)", ()),
        ("s IN ('a', lower('B'))", ()),
        ("s = ANY (ARRAY['a', 'b'] || v::text)", ()),
    ],
)
def test_a_check_lists_all_values_only_where_nothing_lets_others_in(
    server: Server, check: str, values: tuple[str, ...]
) -> None:
    with Twin(server, f"CREATE TABLE t (s text, v varchar(9), n int, CHECK ({check}))") as twin:
        listed = [column.values for column in twin.schema.by_name["t"].columns if column.values]
    assert listed == ([values] if values else [])


def test_a_check_that_rows_of_before_need_not_meet_lists_nothing(server: Server) -> None:
    ddl = "CREATE TABLE t (s text); ALTER TABLE t ADD CHECK (s IN ('a', 'b')) NOT VALID;"
    with Twin(server, ddl) as twin:
        assert twin.schema.by_name["t"].by_name["s"].values == ()
