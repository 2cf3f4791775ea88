"""A later round says of what has not changed what the first said, and looks anew at what has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from blueproof.advisors.postgres import advise as advising
from blueproof.advisors.postgres.advise import advise, all_rewritings
from blueproof.advisors.postgres.database import Change, Database, Planned, plan_query
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.search.earlier import Earlier
from blueproof.core.blueprint import Draft
from blueproof.core.brief import Brief
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.queries import read_queries
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.statistics import assume

DDL = """
CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz NOT NULL, note text, data jsonb);
CREATE INDEX ON orders (at);
CREATE TABLE others (id bigint PRIMARY KEY, a bigint);
"""
QUERIES = """
-- name: of_day
SELECT id FROM orders WHERE at::date = '2026-01-05';
-- name: of_kind
SELECT id FROM orders WHERE data ->> 'kind' = 'big';
-- name: page
SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET 100000;
-- name: plain
SELECT a FROM others WHERE id = 3;
"""
GIN = "CREATE INDEX whole ON orders USING gin (data jsonb_path_ops);"
ELSEWHERE = "CREATE INDEX elsewhere ON others (a);"


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with Twin(server, DDL) as twin:
        counts = count_rows(twin.schema, {"orders": 2_000_000, "others": 500_000})
        twin.set_statistics(assume(twin.schema, counts, date(2026, 1, 6)))
        read, _ = read_queries(QUERIES, path="queries.sql")
        planned = tuple(
            plan_query(twin, Planned(query=q, excerpt=Excerpt(text=q.written, name=q.name)))
            for q in read
        )
        yield Database(
            schema=twin.schema,
            statistics=twin.statistics,
            queries=planned,
            planner=twin,
            ddl=DDL,
        )


@pytest.fixture
def turned(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which rewriting was asked about which query."""
    noted: list[tuple[str, str]] = []
    texts = Rewriting.texts

    def noting(rewriting: Rewriting, asked: Asked) -> Iterator[Rewrite]:
        noted.append((rewriting.id, asked.query.name))
        return texts(rewriting, asked)

    monkeypatch.setattr(Rewriting, "texts", noting)
    return noted


def advised(database: Database, earlier: Earlier) -> Draft:
    scene = DatabaseScene(
        schema=Excerpt(text=DDL), statistics=Excerpt(text=""), basis="assumed statistics"
    )
    return advise(Brief(request="?"), database, scene, (), earlier)[0]


def with_index(database: Database, ddl: str) -> Database:
    return database.after((Change(slot="s", file=Excerpt(text=ddl)),), {})


def rewrites(database: Database, earlier: Earlier) -> dict[str, list[str]]:
    session = advising._Session(database, [], [], [], earlier)  # noqa: SLF001
    turns = partial(advising._turns, session)  # noqa: SLF001
    return {q.name: sorted(r.text for r in turns(q)) for q in database.queries}


def test_the_same_database_is_looked_at_once(
    database: Database, turned: list[tuple[str, str]]
) -> None:
    earlier = Earlier()
    first = advised(database, earlier)
    assert any(r.slot == "rewrite of of_day" for r in first.recommendations)
    turned.clear()
    assert advised(database, earlier) == first
    assert not [each for each in turned if each[1] == "of_day"]


def test_what_was_refuted_is_not_proposed_again(database: Database) -> None:
    earlier = Earlier()
    first = advised(database, earlier)
    earlier.excluded = frozenset({"rewrite of of_day"})
    slots = {r.slot for r in advised(database, earlier).recommendations}
    assert "rewrite of of_day" not in slots
    assert slots | {"rewrite of of_day"} >= {r.slot for r in first.recommendations}


@pytest.mark.parametrize("change", ["", ELSEWHERE, GIN])
def test_queries_become_what_they_would_without_a_memory(
    database: Database, turned: list[tuple[str, str]], change: str
) -> None:
    earlier = Earlier()
    before = rewrites(database, earlier)
    assert before["of_day"]
    assert before["page"]
    assert not before["of_kind"]
    turned.clear()
    changed = with_index(database, change) if change else database
    after = rewrites(changed, earlier)
    assert {rewriting for rewriting, _ in turned} == {r.id for r in all_rewritings() if r.beyond}
    assert after == rewrites(changed, Earlier())
    assert bool(after["of_kind"]) == (change == GIN)  # to be held in what that index serves


def test_other_figures_are_looked_at_anew(
    database: Database, turned: list[tuple[str, str]]
) -> None:
    earlier = Earlier()
    rewrites(database, earlier)
    turned.clear()
    rewrites(replace(database, measured=True), earlier)
    assert {rewriting for rewriting, _ in turned} == {r.id for r in all_rewritings()}


def test_a_tree_that_is_planned_otherwise_by_now_is_looked_at_anew(
    database: Database, turned: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = Earlier()
    rewrites(database, earlier)
    turned.clear()
    monkeypatch.setattr(Asked, "is_faithful", lambda *_: False)
    assert not rewrites(with_index(database, ELSEWHERE), earlier)["of_day"]
    assert {rewriting for rewriting, _ in turned} == {r.id for r in all_rewritings()}


def test_a_defect_is_told_in_each_round(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = next(r for r in all_rewritings() if r.id == "pg-not-in")
    texts = Rewriting.texts

    def failing(rewriting: Rewriting, asked: Asked) -> Iterator[Rewrite]:
        if rewriting.id == broken.id:
            raise RuntimeError("broken")
        return texts(rewriting, asked)

    monkeypatch.setattr(Rewriting, "texts", failing)
    earlier = Earlier()
    first, second = advised(database, earlier), advised(database, earlier)
    told = [u for u in first.not_proved if broken.id in u.statement]
    assert {u.statement.rpartition(" ")[2] for u in told} >= {"of_day", "plain"}
    assert first.not_proved == second.not_proved
