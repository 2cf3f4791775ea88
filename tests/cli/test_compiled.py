"""What is kept compiled: the same expressions and methods; a person's words never, damage never."""

import dataclasses
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from blueproof.cli import compiled as module
from blueproof.cli.compiled import kept_compiled
from blueproof.facts.pattern import LatePattern
from blueproof.intake import words

COMPILER: Any = importlib.import_module("re._compiler")
MODULE = """
import re
from dataclasses import dataclass
PATTERN = re.compile(r"(?P<a>\\d+)(b|c[^x\\u00e9]*?)?(?(2)d|e)(?P=a)", re.IGNORECASE | re.MULTILINE)
MADE = [re.compile("|".join(each)) for each in (("one", "two"), ("three", "four"))]
@dataclass(frozen=True, kw_only=True, order=True)
class Thing:
    a: int
    b: str = "b"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "made_up.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "blueproof"
    sys.modules.pop("made_up", None)


def _imported() -> ModuleType:
    sys.modules.pop("made_up", None)
    re.purge()
    with kept_compiled():
        return importlib.import_module("made_up")


def _compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("compiled anew, although it is kept")

    monkeypatch.setattr(COMPILER, "compile", never)
    monkeypatch.setattr(module, "compile", never, raising=False)


def test_a_second_run_compiles_nothing_and_has_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _imported()
    _compiles_nothing(monkeypatch)
    again = _imported()
    assert again.PATTERN is not first.PATTERN
    assert [again.PATTERN, *again.MADE] == [first.PATTERN, *first.MADE]
    assert again.PATTERN.groupindex == first.PATTERN.groupindex
    assert again.PATTERN.flags == first.PATTERN.flags
    found = again.PATTERN.search("1b 12bd12")
    assert (found["a"], found.lastgroup, found.lastindex) == ("12", None, 2)
    thing = again.Thing(a=1)
    assert (repr(thing), hash(thing)) == (repr(first.Thing(a=1)), hash(first.Thing(a=1)))
    assert thing == again.Thing(a=1, b="b") < again.Thing(a=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        thing.a = 2


def test_python_compiles_as_before_when_it_is_over() -> None:
    before = COMPILER.compile
    _imported()
    assert COMPILER.compile is before
    assert "exec" not in vars(dataclasses)


def test_only_what_modules_hold_is_kept(folder: Path) -> None:
    with kept_compiled():
        re.compile("words of a person")
        assert LatePattern("late in a module").search("it is late in a module")
    held = b"".join(file.read_bytes() for file in folder.iterdir())
    assert b"late in a module" in held
    assert b"words of a person" not in held


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "open to others"])
def test_what_is_damaged_is_compiled_and_kept_anew(
    folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _imported()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    changed = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    held = {"cut": whole[:-5], "changed": changed, "empty": b"", "open to others": whole}
    file.write_bytes(held[damage])
    file.chmod(0o666 if damage == "open to others" else 0o600)
    assert _imported().PATTERN == first.PATTERN
    _compiles_nothing(monkeypatch)
    assert _imported().PATTERN == first.PATTERN


def test_where_nothing_may_be_written_it_is_compiled_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    assert _imported().PATTERN == _imported().PATTERN


def test_another_pythons_compiler_is_left_to_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, compile_anew = vars(COMPILER)["_code"], COMPILER.compile

    def compile_otherwise(pattern: str, flags: int = 0) -> Any:
        if "|" in pattern:
            return ("made", pattern)
        with monkeypatch.context() as patched:  # an expression of the standard library's
            patched.setattr(COMPILER, "_code", code, raising=False)
            return compile_anew(pattern, flags)

    monkeypatch.delattr(COMPILER, "_code")
    monkeypatch.setattr(COMPILER, "compile", compile_otherwise)
    assert _imported().MADE[0] == ("made", "one|two")
    assert b"three|four" not in b"".join(file.read_bytes() for file in folder.iterdir())


def test_too_many_entries_are_of_other_versions_and_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _imported()
    monkeypatch.setattr(module, "_MOST", 1)
    with kept_compiled():
        assert LatePattern("the only one").search("") is None
    held = b"".join(file.read_bytes() for file in folder.iterdir())
    assert b"the only one" in held
    assert b"three|four" not in held


def test_every_expression_of_the_readers_is_the_same_when_it_is_taken_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [m.name for m in pkgutil.walk_packages(words.__path__, f"{words.__name__}.")]
    held = [each for name in names for each in vars(importlib.import_module(name)).values()]
    found = [each for each in held if isinstance(each, re.Pattern)]
    assert len(found) > 40
    assert _all(found) == found
    _compiles_nothing(monkeypatch)
    assert _all(found) == found


def _all(found: list[re.Pattern[str]]) -> list[re.Pattern[str]]:
    re.purge()
    with kept_compiled():
        return [LatePattern(each.pattern, each.flags).compiled for each in found]
