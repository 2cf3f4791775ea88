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
