"""The kept table of what is known: the same answers, and never of another source."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from blueproof.advisors.known import full_text as module
from blueproof.advisors.known.full_text import full_text
from blueproof.advisors.known.index import Indexed

TEXTS: Indexed = ([("slow start", ["slow", "start"])], "lambda", "first call")
ONE: Mapping[str, Indexed] = {"a": TEXTS}
OTHER: Mapping[str, Indexed] = {"b": TEXTS}


def _found(table: sqlite3.Connection) -> list[str]:
    return [row[0] for row in table.execute("SELECT id FROM entries WHERE entries MATCH 'lambda'")]


def _never() -> Mapping[str, Indexed]:
    raise AssertionError("made anew, although it is kept")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "blueproof"


def test_the_table_is_made_once_and_taken_up_then(folder: Path) -> None:
    assert _found(full_text(b"source", lambda: ONE)) == ["a"]
    assert _found(full_text(b"source", _never)) == ["a"]
    assert len([*folder.iterdir()]) == 1


def test_a_changed_source_is_read_anew_and_the_old_table_goes(folder: Path) -> None:
    full_text(b"source", lambda: ONE)
    assert _found(full_text(b"source, changed", lambda: OTHER)) == ["b"]
    assert _found(full_text(b"source, changed", _never)) == ["b"]
    assert len([*folder.iterdir()]) == 1


def test_another_sqlite_makes_its_own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    full_text(b"source", lambda: ONE)
    monkeypatch.setattr(sqlite3, "sqlite_version", "4.0.0")
    assert _found(full_text(b"source", lambda: OTHER)) == ["b"]


def test_another_way_to_make_it_makes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    full_text(b"source", lambda: ONE)
    monkeypatch.setattr(module, "_this", lambda: b"another text of the module")
    assert _found(full_text(b"source", lambda: OTHER)) == ["b"]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "of another"])
def test_what_is_damaged_is_made_anew(folder: Path, damage: str) -> None:
    full_text(b"source", lambda: ONE)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    if damage == "of another":
        full_text(b"another source", lambda: OTHER)
        (other,) = folder.iterdir()
        file.write_bytes(other.read_bytes())
    else:
        changed = whole[:-1] + bytes([whole[-1] ^ 1])
        file.write_bytes({"cut": whole[:-5], "changed": changed, "empty": b""}[damage])
    assert _found(full_text(b"source", lambda: ONE)) == ["a"]
    assert file.read_bytes() == whole


def test_where_nothing_may_be_written_it_is_made_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    assert _found(full_text(b"source", lambda: ONE)) == ["a"]
    assert _found(full_text(b"source", lambda: OTHER)) == ["b"]
