"""Expressions that are compiled when first asked: the same as those of `re`, and none is bad."""

import importlib.util
import pkgutil
import re

import pytest

import blueproof
from blueproof.facts.pattern import LatePattern

TEXT = "10 MB of 20 mb"
WAYS = ("search", "match", "fullmatch", "findall", "split")


def test_nothing_is_compiled_before_it_is_asked() -> None:
    late = LatePattern("(")
    with pytest.raises(re.error):
        late.search("a")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("written", [r"\d+ mb", r"(\d+)", ".*", "z"])
def test_it_finds_what_re_finds(way: str, written: str) -> None:
    flags = re.IGNORECASE
    late, early = (getattr(made(written, flags), way)(TEXT) for made in (LatePattern, re.compile))
    assert repr(late) == repr(early)


def test_it_finds_and_puts_in_between_places_as_re_does() -> None:
    late, early = LatePattern(r"\d+"), re.compile(r"\d+")
    assert late.sub("x", TEXT, 1) == early.sub("x", TEXT, count=1) == "x MB of 20 mb"
    for start, end in ((0, 1), (1, 14), (3, 5)):
        assert repr([*late.finditer(TEXT, start, end)]) == repr([*early.finditer(TEXT, start, end)])
        assert repr(late.search(TEXT, start, end)) == repr(early.search(TEXT, start, end))
        assert repr(late.match(TEXT, start, end)) == repr(early.match(TEXT, start, end))


def test_every_expression_of_the_package_can_be_compiled() -> None:
    names = [m.name for m in pkgutil.walk_packages(blueproof.__path__, "blueproof.")]
    modules = [importlib.import_module(n) for n in names if _uses_patterns(n)]
    found = [p for m in modules for p in vars(m).values() if isinstance(p, LatePattern)]
    assert len(found) > 100
    for each in found:
        assert each.compiled.pattern == each.pattern


def _uses_patterns(name: str) -> bool:
    spec = importlib.util.find_spec(name)
    source = spec and spec.loader and getattr(spec.loader, "get_source", lambda _: "")(name)
    return bool(source) and "facts.pattern import" in str(source)
