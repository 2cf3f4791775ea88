"""Which technologies stand near another, so that what is known of them may answer too."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from blueproof.facts.load import LOADER


@cache
def _kin() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("blueproof.facts") / "spoken" / "kin.yaml").read_text("utf-8")
    return {name: tuple(near) for name, near in LOADER(text).get_single_data().items()}


def kin(technologies: Iterable[str]) -> frozenset[str]:
    """What stands near these technologies, without themselves.

    >>> sorted(kin(["npgsql"]))
    ['postgresql']
    """
    named = {*technologies}
    return frozenset(near for each in named for near in _kin().get(each, ())) - named


@cache
def broad() -> frozenset[str]:
    """Vendors, languages and the like, which are named beside what a request is about."""
    text = (resources.files("blueproof.facts") / "spoken" / "broad.yaml").read_text("utf-8")
    return frozenset(LOADER(text).get_single_data())


@cache
def _rivals() -> tuple[frozenset[str], ...]:
    text = (resources.files("blueproof.facts") / "spoken" / "rivals.yaml").read_text("utf-8")
    return tuple(frozenset(line) for line in LOADER(text).get_single_data())


def is_of_rivals(named: Iterable[str], written_of: Iterable[str]) -> bool:
    """Whether what is written of these products is of engines other than the ones named.

    >>> is_of_rivals(["mysql", "amazon-rds"], ["postgresql", "amazon-rds"])
    True
    >>> is_of_rivals(["amazon-rds"], ["postgresql"]), is_of_rivals(["mysql"], ["mysql"])
    (False, False)
    """
    here, there = {*named}, {*written_of}
    return any(here & line and there & line and not here & there & line for line in _rivals())


def named_in_table() -> frozenset[str]:
    """Every technology of the tables, for whoever checks their names."""
    return broad().union(_kin(), *_kin().values(), *_rivals())
