"""A schema that another server loaded is there as if it were loaded anew, or it is loaded anew."""

import stat
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from blueproof.engines.postgres import keeping, loading
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.schema import Schema
from blueproof.sql.statistics import assume

_DDL = """
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, mood mood);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers (id),
  status text CHECK (status IN ('open', 'paid')), at timestamptz);
CREATE INDEX ON orders (customer_id) WHERE status = 'open';
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders TO somebody USING (customer_id = 1);
CREATE INDEX ON nowhere (id);
"""
_QUERY = "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.customer_id = $1"
_CHANGE = ("CREATE INDEX ON orders (customer_id, at)",)


@dataclass
class _Seen:
    """What the twins were made of: the texts that were loaded, and the cache."""

    cache: Path
    loaded: list[str] = field(default_factory=list)

    def kept(self) -> list[Path]:
        return sorted((self.cache / "blueproof").glob("loaded-*"))


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Seen:
    """Every schema counts as a large one, and what is really loaded is noted."""
    found = _Seen(cache=tmp_path)
    load = loading.load

    def noted(text: str, **places: Any) -> tuple[loading.LeftOut, ...]:
        found.loaded.append(text)
        return load(text, **places)

    monkeypatch.setattr(loading, "load", noted)
    monkeypatch.setattr(keeping, "_MANY", 2)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return found


def _twin(ddl: str = _DDL) -> tuple[Schema, tuple[loading.LeftOut, ...], float, float]:
    """What a twin on a server of its own says of itself, and a query's costs."""
    with Server(schema=ddl) as server, Twin(server, ddl) as twin:
        counts = count_rows(twin.schema, {"orders": 500_000})
        twin.set_statistics(assume(twin.schema, counts, date(2026, 11, 1)))
        costs = twin.plan(_QUERY).cost, twin.plan(_QUERY, _CHANGE).cost
        return (twin.schema, twin.left_out, *costs)


def test_a_later_server_has_the_same_schema_without_loading_it(seen: _Seen) -> None:
    first, second, third = _twin(), _twin(), _twin()
    assert first == second == third
    assert [left.what for left in first[1]] == ["CREATE INDEX ON nowhere (id)"]
    assert first[2] > first[3]
    assert seen.loaded == [_DDL]
    assert [stat.S_IMODE(path.stat().st_mode) for path in seen.kept()] == [0o600]


def test_another_text_is_loaded(seen: _Seen) -> None:
    other = _DDL.replace("name text NOT NULL", "name text")
    assert _twin()[0] != _twin(other)[0]
    assert seen.loaded == [_DDL, other]
    assert len(seen.kept()) == 2


def test_what_other_code_has_loaded_is_loaded_anew(
    seen: _Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    _twin()
    monkeypatch.setattr(keeping, "_code", lambda: "changed")
    _twin()
    assert seen.loaded == [_DDL, _DDL]


@pytest.mark.parametrize("part", [0, 7, 1000, -1])
def test_a_part_of_what_was_kept_is_never_used(seen: _Seen, part: int) -> None:
    whole = _twin()
    (kept,) = seen.kept()
    kept.write_bytes(kept.read_bytes()[:part])
    assert _twin() == whole
    assert seen.loaded == [_DDL, _DDL]


def test_changed_bytes_are_noticed(seen: _Seen) -> None:
    whole = _twin()
    (kept,) = seen.kept()
    raw = bytearray(kept.read_bytes())
    middle = len(raw) // 2  # one bit alone may be one that pads, and change nothing
    raw[middle : middle + 16] = bytes(each ^ 0xFF for each in raw[middle : middle + 16])
    kept.write_bytes(raw)
    assert _twin() == whole
    assert seen.loaded == [_DDL, _DDL]


def test_the_next_twin_on_the_same_server_is_loaded(seen: _Seen) -> None:
    _twin()
    with Server(schema=_DDL) as server, Twin(server, _DDL) as first:
        first.set_statistics(assume(first.schema, count_rows(first.schema, {}), date(2026, 11, 1)))
        with Twin(server, _DDL) as second:
            assert second.schema == first.schema
            assert second.plan(_QUERY).cost < first.plan(_QUERY).cost  # it holds no rows
    assert seen.loaded == [_DDL, _DDL]


def test_a_server_that_has_held_another_schema_is_not_kept(seen: _Seen) -> None:
    with Server() as server:
        with Twin(server, "CREATE TABLE a (id int)"):
            pass
        with Twin(server, _DDL):
            pass
    assert seen.kept() == []


def test_few_statements_are_not_kept(seen: _Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_MANY", 100)
    _twin()
    assert seen.kept() == []


def test_the_oldest_are_given_up(seen: _Seen) -> None:
    for number in range(5):
        _twin(f"{_DDL}-- {number}\n")
    assert len(seen.kept()) == 3
