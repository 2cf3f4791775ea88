"""A query's tree is read once, for one schema, and is as it was whatever is done to its copies."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlglot import exp

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.rewriting import Asked
from blueproof.core.scene import Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import read_queries
from blueproof.sql.trees import read_tree, write_tree

QUERY = "SELECT n.body, n.at FROM notes AS n JOIN pages AS p USING (page_id) WHERE n.id = 1"
KNOWN = """
CREATE TABLE notes (id bigint, page_id bigint, body text, at date);
CREATE TABLE pages (page_id bigint);
"""
# There a name is not to be told from the table that it is merged of: it is left as it is.
A_VIEW = """
CREATE TABLE stored (id bigint, page_id bigint, body text, at date);
CREATE VIEW notes AS SELECT * FROM stored;
CREATE TABLE pages (page_id bigint);
"""


@pytest.fixture
def asked(server: Server) -> Iterator[Asked]:
    with Twin(server, KNOWN) as twin:
        yield on(twin)


def on(twin: Twin, text: str = QUERY) -> Asked:
    (query,), _ = read_queries(text, path="queries.sql")
    planned = Planned(query=query, excerpt=Excerpt(text=text), plan=twin.plan(query.text))
    schema, stated = twin.schema, twin.statistics
    database = Database(schema=schema, statistics=stated, queries=(planned,), planner=twin)
    return Asked(database=database, query=planned)


def written(asked: Asked) -> str:
    tree = asked.tree()
    assert tree is not None
    return write_tree(tree)


def test_another_schema_has_another_tree(server: Server, asked: Asked) -> None:
    assert "ON n.page_id = p.page_id" in written(asked)
    with Twin(server, A_VIEW) as other:
        assert "USING (page_id)" in written(on(other))
    assert "ON n.page_id = p.page_id" in written(replace(asked))


def test_what_is_done_to_a_copy_stays_in_the_copy(asked: Asked) -> None:
    before = written(asked)
    tree = asked.tree()
    assert tree is not None
    tree.set("where", None)
    for _, select in asked.selects():
        select.set("joins", [])
    assert written(asked) == before
    assert written(replace(asked)) == before


def test_a_text_is_read_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(text: str) -> exp.Query | None:
        read.append(text)
        return read_tree(text)

    monkeypatch.setattr(f"{Asked.__module__}.read_tree", noted)
    with Twin(server, KNOWN) as twin:
        asked = on(twin, "SELECT body FROM notes WHERE id = 4711")
        assert written(asked) == written(replace(asked))
    assert len(read) == 1
