"""Where an index is left out on assumed figures, it is said from which figures on it pays."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from blueproof.core.claim import CostStays
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome
from blueproof.proof.prove import check

SCHEMA = """
CREATE TABLE sessions (id bigint PRIMARY KEY, expires_at timestamptz NOT NULL, device bigint);
CREATE TABLE parts (part bigint PRIMARY KEY, brand text);
CREATE TABLE lines (line bigint NOT NULL, part bigint NOT NULL, quantity numeric);
CREATE TABLE few (part bigint PRIMARY KEY, a int NOT NULL);
CREATE TABLE by_year (id bigint, made timestamptz NOT NULL) PARTITION BY RANGE (made);
CREATE TABLE early PARTITION OF by_year FOR VALUES FROM ('2020-01-01') TO ('2025-06-01');
CREATE TABLE late PARTITION OF by_year DEFAULT;
"""
COUNTS = """
until: 2026-01-01
tables:
  sessions: {rows: 1000000, basis: BASIS}
  parts: {rows: 20000, basis: BASIS}
  lines: {rows: 60000, basis: BASIS}
  few: {rows: 60000, basis: BASIS}
  early: {rows: 500000, basis: BASIS}
  late: {rows: 500000, basis: BASIS}
"""
EXPIRED = "SELECT id FROM sessions WHERE expires_at < now()"


@dataclass(frozen=True, kw_only=True)
class Left:
    """An index that is left out, and what would make it pay."""

    query: str
    index: str
    column: str
    basis: str
    pays: str


LEFT = {
    "rows are known, the share is not": Left(
        query=EXPIRED, index="sessions (expires_at)", column="expires_at", basis="given",
        pays=r"it pays if expires_at keeps under \d\.\d % of sessions \(\d+ % is assumed\)",
    ),
    "a join of small tables": Left(
        query="SELECT l.quantity FROM lines l JOIN parts p USING (part) WHERE p.brand = 'x'",
        index="lines (part)", column="", basis="assumed",
        pays=r"it pays from [\d,]+ rows in lines on",
    ),
    "a join of tables that are assumed alike": Left(
        query="SELECT sum(quantity) FROM few JOIN lines ON lines.part = few.part AND few.a = 1",
        index="lines (part)", column="", basis="assumed",
        pays=r"it pays from [\d,]+ rows in lines on",
    ),
    "a partitioned table, told by its home": Left(
        query="SELECT id FROM by_year WHERE made < now()", index="by_year (made)",
        column="made", basis="given",
        pays=r"it pays if made keeps under \d+(\.\d)? % of by_year \(\d+ % is assumed\)",
    ),
    "all rows are read whatever they are": Left(
        query="SELECT sum(quantity) FROM lines", index="lines (part)", column="", basis="assumed",
        pays="it would not pay with 1,000 times the rows or a 1,000th of them kept either",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench() as bench:
        yield bench


def checked(bench: Bench, left: Left) -> Outcome:
    scene = DatabaseScene(
        schema=Excerpt(text=SCHEMA, path="schema.sql"),
        statistics=Excerpt(text=COUNTS.replace("BASIS", left.basis), path="statistics.yaml"),
    )
    change = Excerpt(text=f"CREATE INDEX tried ON {left.index};", name="it")
    claim = CostStays(
        query=Excerpt(text=left.query),
        factor=2.0,
        change=change,
        table=left.index.partition(" ")[0],
        column=left.column,
    )
    return check(claim, scene, bench)


@pytest.mark.parametrize("name", LEFT)
def test_what_would_make_it_pay_is_said(bench: Bench, name: str) -> None:
    outcome = checked(bench, LEFT[name])
    assert outcome.verdict == "proved"
    assert re.fullmatch(LEFT[name].pays, outcome.condition)


def test_the_twin_is_as_it_was_afterwards(bench: Bench) -> None:
    first = checked(bench, LEFT["rows are known, the share is not"])
    checked(bench, LEFT["a partitioned table, told by its home"])
    assert checked(bench, LEFT["rows are known, the share is not"]) == first


def test_at_the_share_that_is_named_it_does_pay(bench: Bench) -> None:
    """Conditions that keep a little more or less than that fall on both sides."""
    outcome = checked(bench, LEFT["rows are known, the share is not"])
    (share,) = (m.value for m in outcome.measured if m.name == "would pay below")
    assert isinstance(share, float)
    # Sessions end evenly over the year before the last day told and the year after.
    for factor, verdict in ((0.3, "refuted"), (3.0, "proved")):
        days = round(730 * min(1.0, share * factor))
        early = f"SELECT id FROM sessions WHERE expires_at < date '2025-01-01' + {days}"
        left = Left(query=early, index="sessions (expires_at)", column="", basis="given", pays="")
        assert checked(bench, left).verdict == verdict
